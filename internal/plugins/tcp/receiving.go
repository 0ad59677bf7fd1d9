package tcp

import (
	"io"
	"net"
	"time"
)

const (
	// answerTimeout bounds one write to a sender.
	answerTimeout = 30 * time.Second
	// lastAnswers bounds how long a connection that ends with the input stays
	// open for the last acknowledgements.
	lastAnswers = 3 * time.Second
)

// answering tells a sender what was delivered.
type answering struct {
	link  *link
	conn  net.Conn
	stop  chan struct{} // closed at the end of the stream
	ended chan struct{} // closed when nothing more is written
}

// answer greets the sender and begins to tell it.
func answer(l *link, conn net.Conn) (*answering, error) {
	conn.SetWriteDeadline(time.Now().Add(answerTimeout))
	if _, err := io.WriteString(conn, magic+"\n"); err != nil {
		return nil, err
	}
	a := &answering{link: l, conn: conn, stop: make(chan struct{}), ended: make(chan struct{})}
	go a.run()
	return a, nil
}

// run writes counts until the end of the stream, and then until everything is
// delivered or nobody can wait longer. When a write fails the sender will connect
// again.
func (a *answering) run() {
	defer close(a.ended)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var last <-chan time.Time
	stop := a.stop
	for {
		select {
		case <-a.link.ready:
		case <-beat.C:
		case <-stop:
			stop, last = nil, time.After(lastAnswers)
		case <-last:
			return
		}
		a.conn.SetWriteDeadline(time.Now().Add(answerTimeout))
		if writeCount(a.conn, a.link.acked.Load()) != nil {
			return
		}
		if stop == nil && a.link.done() {
			return
		}
	}
}

// finish waits for the last counts.
func (a *answering) finish() {
	close(a.stop)
	<-a.ended
}
