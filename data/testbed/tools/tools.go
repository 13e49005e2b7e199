//go:build tools

// Package tools pins the load tools that are written in Go; go.sum holds their hashes.
package tools

import (
	_ "github.com/bojand/ghz/cmd/ghz"
	_ "github.com/tsenart/vegeta/v12"
)
