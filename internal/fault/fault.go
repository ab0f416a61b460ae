// Package fault is the vocabulary of errors that somebody acts on. An error
// that only an operator can act on stays a plain wrapped error.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of thing went wrong. Only httpapi turns it into a status.
type Kind int

// The kinds; the comment names the HTTP status that httpapi gives it.
const (
	Malformed            Kind = iota + 1 // 400: not readable as what it claims to be
	Unauthenticated                      // 401
	Forbidden                            // 403: known to exist, not allowed
	NotFound                             // 404: absent, or not for this actor to know of
	Conflict                             // 409: the state does not allow it
	Stale                                // 412: somebody changed it in between
	TooLarge                             // 413
	UnsupportedMedia                     // 415
	Invalid                              // 422: readable, but breaks a rule
	PreconditionRequired                 // 428
	TooMany                              // 429
	Unavailable                          // 503: try again later
	Unknown                              // 503: the outcome is not known; repeat with the same Idempotency-Key
)

// Text is one sentence in both languages of the screen. EN may be empty; the
// reader then gets ZH.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en,omitempty"`
}

// In returns the text in the language asked for ("en" or anything else for
// Chinese), falling back to Chinese.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// Field is one thing wrong at one place of a document.
type Field struct {
	// Pointer is an RFC 6901 JSON Pointer into the document; "" is the whole.
	Pointer string `json:"pointer"`
	// Code is stable and machine readable: a schema keyword ("required",
	// "maxLength"), "rule:<id>", or one of the door's codes.
	Code string `json:"code"`
	// Text says in the user's language what to do.
	Text Text `json:"text"`
}

// Error is a fault somebody acts on.
type Error struct {
	Kind   Kind
	Code   string         // stable, snake_case, documented in docs/openapi.yaml
	Fields []Field        // where in the document, if it is about one
	Detail map[string]any // further members of the problem document; no driver text
	Err    error          // the cause, for the log only
}

// New makes a fault with a stable code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// InvalidFields makes the fault of a document that breaks rules.
func InvalidFields(code string, fields []Field) *Error {
	return &Error{Kind: Invalid, Code: code, Fields: fields}
}

// With returns a copy with one more member for the problem document.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Detail = make(map[string]any, len(e.Detail)+1)
	for k, v := range e.Detail {
		c.Detail[k] = v
	}
	c.Detail[key] = value
	return &c
}

// Because returns a copy that carries the cause to the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Err)
	}
	return e.Code
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first fault in err's chain, or "".
func CodeOf(err error) string {
	if f := (*Error)(nil); errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// Is reports whether err's chain holds a fault of this kind.
func Is(err error, kind Kind) bool {
	f := (*Error)(nil)
	return errors.As(err, &f) && f.Kind == kind
}
