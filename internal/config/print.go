package config

import (
	"fmt"
	"io"
	"reflect"
)

// Print writes every setting with its value and meaning; of secrets only
// whether they are set.
func (c Config) Print(w io.Writer) error {
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		value := fmt.Sprint(v.Field(i).Interface())
		if f.Tag.Get("secret") == "true" && value != "" {
			value = "(set)"
		}
		if _, err := fmt.Fprintf(w, "%-22s %-24s # %s\n", f.Tag.Get("env"), value, f.Tag.Get("help")); err != nil {
			return err
		}
	}
	return nil
}
