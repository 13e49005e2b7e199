// Package echopb is the gRPC service of the testbed, written by hand so that nothing need be generated: the
// messages are protobuf's own BytesValue. echo.proto says the same to tools such as ghz.
package echopb

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Method is the full name of the one method.
const Method = "/testbed.Echo/Echo"

// Handler is what a server implements.
type Handler interface {
	Echo(context.Context, *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error)
}

// Service describes testbed.Echo to grpc.
var Service = grpc.ServiceDesc{
	ServiceName: "testbed.Echo",
	HandlerType: (*Handler)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Echo", Handler: handle}},
	Metadata:    "echo.proto",
}

func handle(server any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	request := new(wrapperspb.BytesValue)
	if err := decode(request); err != nil {
		return nil, err
	}
	return server.(Handler).Echo(ctx, request)
}
