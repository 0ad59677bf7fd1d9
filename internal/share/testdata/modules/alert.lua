local alert = require "alert"

function process_message()
    local ns = 3660e9
    equal("nil", alert.send(ns, nil), false)
    equal("empty", alert.send(ns, ""), false)
    equal("nothing queued", alert.send_queue(ns), false)
    for i = 1, 3 do equal("queue", alert.queue(ns, "alert" .. i), true) end
    equal("send_queue", alert.send_queue(ns), true)
    equal("emptied", alert.send_queue(2 * ns), false)
    ns = 3660e9 + 1
    equal("throttled", alert.throttled(ns), true)
    equal("alert4", alert.send(ns, "alert4"), false)
    alert.set_throttle(10)
    ns = 3660e9 + 12
    equal("alert5", alert.send(ns, "alert5"), true)
    equal("alert6", alert.send(ns, "alert6"), false)
    equal("alert7", alert.send(3660e9 + 2, "alert7"), false)
    equal("alert8", alert.send(0, "alert8"), true)
    equal("last", _LAST_ALERT, ns)
    return 0
end
