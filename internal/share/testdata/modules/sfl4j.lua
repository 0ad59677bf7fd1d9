local g = require "sfl4j".logevent_grammar

function process_message()
    equal("one line", g:match("ERROR [2014-11-21 16:35:59,501] com.domain.client.jobs.OutgoingQueue: Error handling output file with job job-name\n"), {
        severity = 3, timestamp = 1416587759501000000, class = "com.domain.client.jobs.OutgoingQueue",
        message = "Error handling output file with job job-name", stacktrace = "",
    })
    equal("stack", g:match("ERROR [2014-11-20 16:40:51,577] com.domain.substitute.UsersLoop: Error caught in user loop\n! java.net.SocketTimeoutException: Read timed out\n    "), {
        severity = 3, timestamp = 1416501651577000000, class = "com.domain.substitute.UsersLoop",
        message = "Error caught in user loop", stacktrace = "! java.net.SocketTimeoutException: Read timed out\n",
    })
    return 0
end
