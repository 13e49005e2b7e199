package main

import (
	"net"
	"sync/atomic"
	"syscall"

	"testbed/mechanisms/mech"
)

// polls counts calls of epoll_wait, and those that found nothing.
type polls struct{ all, empty atomic.Int64 }

// A loop waits with epoll itself. It asks with each of its timeouts (milliseconds, -1 for ever) until something is
// ready; with oneshot a goroutine handles each event and arms the descriptor again.
type loop struct {
	timeouts []int
	oneshot  bool
}

func (l loop) serve(listener net.Listener, polls *polls) error {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	go l.turn(epoll, polls)
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		l.add(epoll, conn)
	}
}

// add takes the connection's descriptor away from Go's netpoller: a blocking duplicate that only we wait for.
func (l loop) add(epoll int, conn net.Conn) {
	file, err := conn.(*net.TCPConn).File()
	mech.Must(err)
	conn.Close()
	fd, err := syscall.Dup(int(file.Fd()))
	mech.Must(err)
	file.Close()
	l.arm(epoll, syscall.EPOLL_CTL_ADD, fd)
}

func (l loop) arm(epoll, operation, fd int) {
	events := uint32(syscall.EPOLLIN)
	if l.oneshot {
		events |= 1 << 30 // EPOLLONESHOT
	}
	syscall.EpollCtl(epoll, operation, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)})
}

func (l loop) turn(epoll int, polls *polls) {
	events := make([]syscall.EpollEvent, 128)
	for try := 0; ; try++ {
		n, err := syscall.EpollWait(epoll, events, l.timeouts[try%len(l.timeouts)])
		polls.all.Add(1)
		if err != nil && err != syscall.EINTR {
			mech.Must(err)
		}
		if n <= 0 {
			polls.empty.Add(1)
			continue
		}
		try = -1 // something came: begin again with the first timeout
		for _, event := range events[:n] {
			l.handle(epoll, int(event.Fd))
		}
	}
}

func (l loop) handle(epoll, fd int) {
	if !l.oneshot {
		answer(fd)
		return
	}
	go func() {
		if answer(fd) {
			l.arm(epoll, syscall.EPOLL_CTL_MOD, fd)
		}
	}()
}

// answer reads one whole frame, which is in the socket or on its way, and sends it back; false at the end.
func answer(fd int) bool {
	var frame [frameBytes]byte
	for got := 0; got < frameBytes; {
		n, err := syscall.Read(fd, frame[got:])
		if n <= 0 || err != nil {
			syscall.Close(fd)
			return false
		}
		got += n
	}
	_, err := syscall.Write(fd, frame[:])
	return err == nil
}
