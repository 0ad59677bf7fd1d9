// Package smtp has SmtpOutput, which sends messages by mail.
//
//	config.go   what the user sets
//	output.go   SmtpOutput: one mail for each message, or one every send_interval
//	session.go  one conversation with a mail server
//	mail.go     the bytes of a mail
//	subject.go  subjects that are not plain ASCII
//
// # What becomes of a mail
//
// Package bulk gathers the messages and acknowledges them when the server has
// accepted their mail. What a server refuses for good (a reply of 500 and above to
// the sender, the text, or all recipients) is dropped as refused; if it is one mail
// of many messages, its halves are tried, down to the message that the server does
// not want. Everything else, such as a server that cannot be reached or does not
// know the password, is tried again.
package smtp
