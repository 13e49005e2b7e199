// Command load is the load client for the protocols of the standard library.
package main

import (
	"fmt"

	"testbed/loadkit"
)

func main() { loadkit.Main(open) }

func open(protocol, target string, body []byte, short bool) (loadkit.Lane, error) {
	if protocol != "http1" {
		return nil, fmt.Errorf("this client speaks http1, not %q", protocol)
	}
	if short {
		return loadkit.NewShort(target, loadkit.HTTP1{Path: "/echo"}, body), nil
	}
	return loadkit.NewKept(target, loadkit.HTTP1{Path: "/echo"}, body)
}
