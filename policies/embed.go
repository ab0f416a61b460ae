// Package policies carries who may do what: the Casbin model, the role policy
// and the owner of each ledger.
package policies

import "embed"

// FS holds model.conf, policy.csv, owners.csv and matrix.yaml.
//
//go:embed model.conf policy.csv owners.csv matrix.yaml
var FS embed.FS
