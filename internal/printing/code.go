package printing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/signintech/gopdf"
	"rsc.io/qr"

	"taizhang/internal/ledger"
)

// Letters that cannot be taken for one another on paper (Crockford).
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var alphabet = base32.NewEncoding(letters).WithPadding(base32.NoPadding)

const codeLength = 16

// CodeOf is the verification code of a form. It comes from the revision's salt,
// which nobody outside knows, and not from chance: whoever makes the form again
// makes the same one. The last letter tells a slip of the pen from a code that
// does not exist.
func CodeOf(rev ledger.Revision, kind Kind) string {
	return codeOf(rev.Salt, string(kind), rev.Digest)
}

func codeOf(salt []byte, kind string, of ledger.Digest) string {
	h := hmac.New(sha256.New, salt)
	h.Write([]byte("print\x00" + kind + "\x00"))
	h.Write(of[:])
	body := alphabet.EncodeToString(h.Sum(nil))[:codeLength-1]
	return body + string(checkLetter(body))
}

func checkLetter(body string) byte {
	sum := 0
	for i := range body {
		sum += (2*i + 1) * strings.IndexByte(letters, body[i]) // odd weights: every single slip and most swaps show
	}
	return letters[sum%len(letters)]
}

// ReadCode takes a code as people type it; ok is false for a slip of the pen.
func ReadCode(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r == 'O' || r == 'o':
			return '0'
		case r == 'I' || r == 'i' || r == 'L' || r == 'l':
			return '1'
		case strings.ContainsRune(" -－—　", r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(code) != codeLength || strings.Trim(code, letters) != "" {
		return "", false
	}
	return code, code[codeLength-1] == checkLetter(code[:codeLength-1])
}

// Spelled writes a code in groups of four.
func Spelled(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), "-")
}

const qrSide = 60.0

// qrAt draws the code as squares, which stay sharp on every printer.
func qrAt(text string, x, y float64) mark {
	return func(g *gopdf.GoPdf) error {
		c, err := qr.Encode(text, qr.M)
		if err != nil {
			return fmt.Errorf("qr: %w", err)
		}
		side := qrSide / float64(c.Size)
		g.SetFillColor(0, 0, 0)
		for j := range c.Size {
			// One stroke for a run of squares: no hair lines between them.
			for i := 0; i < c.Size; i++ {
				n := 0
				for i+n < c.Size && c.Black(i+n, j) {
					n++
				}
				if n > 0 {
					g.RectFromUpperLeftWithStyle(x+float64(i)*side, y+float64(j)*side, float64(n)*side, side+0.05, "F")
					i += n
				}
			}
		}
		return nil
	}
}
