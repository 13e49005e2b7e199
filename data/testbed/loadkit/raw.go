package loadkit

import "fmt"

// Raw opens lanes for the protocols that need nothing but a connection.
func Raw(protocol, target string, body []byte, short bool) (Lane, error) {
	known := map[string]Protocol{"http1": HTTP1{Path: "/echo"}, "frame": Frame{}}
	spoken, ok := known[protocol]
	if !ok {
		return nil, fmt.Errorf("this client speaks http1 and frame, not %q", protocol)
	}
	if short {
		return NewShort(target, spoken, body), nil
	}
	return NewKept(target, spoken, body)
}
