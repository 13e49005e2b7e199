// Command load is the load client for the protocols that need no library: http1 and frame.
package main

import "testbed/loadkit"

func main() { loadkit.Main(loadkit.Raw) }
