package inspection

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Algorithm names how lots are drawn, so that a draw can be repeated when another is used: the seed is
// the SHA-256, in hexadecimal, of three lines (the chance in hexadecimal, the word, the roster's SHA-256);
// the items are ordered by their HMAC-SHA-256 under the seed, and the first are drawn.
const Algorithm = "hmac-sha256-order/1"

// RosterOf is the file that is drawn from: an item a line, each once, in order of bytes.
func RosterOf(items []string) string {
	list := slices.Clone(items)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n") + "\n"
}

// Items of a roster.
func Items(roster string) []string { return strings.Split(strings.TrimSuffix(roster, "\n"), "\n") }

// RosterDigest is what sha256sum says of the file.
func RosterDigest(roster string) string {
	sum := sha256.Sum256([]byte(roster))
	return hex.EncodeToString(sum[:])
}

// Seed of a draw. The chance is the server's, the word is said by who is inspected.
func Seed(chance []byte, word, digest string) string {
	sum := sha256.Sum256([]byte(hex.EncodeToString(chance) + "\n" + word + "\n" + digest + "\n"))
	return hex.EncodeToString(sum[:])
}

// Lots are the first n of the roster under the seed; all of it, if it has no more.
func Lots(seed, roster string, n int) []string {
	list := Items(roster)
	place := map[string]string{}
	for _, item := range list {
		mac := hmac.New(sha256.New, []byte(seed))
		mac.Write([]byte(item))
		place[item] = string(mac.Sum(nil))
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	return list[:min(n, len(list))]
}
