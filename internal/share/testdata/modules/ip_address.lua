local l = require "lpeg"
local ip = require "ip_address"

function process_message()
    local v4, v6 = ip.v4 * -1, ip.v6 * -1
    for _, s in ipairs{"2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2001:db8:85a3::8a2e:370:7334",
        "2001:0db8:0000:0000:0000::1428:57ab", "2001:db8::1428:57ab", "::1", "::ffff:12.34.56.78",
        "::ffff:c000:280", "2001:db8:a::123", "fe80::", "::", "1:2:3:4:5:6:7::", "1:2:3:4:5:6::8"} do
        equal(s, v6:match(s), #s + 1)
    end
    for _, s in ipairs{"123", "2001::FFD3::57ab", "2001:db8:85a3::8a2e:37023:7334",
        "2001:db8:85a3::8a2e:370k:7334", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:::3:4:5",
        "1:2:3::4:5:6:7:8:9", "::ffff:2.3.4", "::ffff:257.1.2.3", "1.2.3.4"} do
        equal(s, v6:match(s), nil)
    end
    for _, s in ipairs{"0.0.0.0", "192.168.1.10", "249.255.255.255"} do
        equal(s, v4:match(s), #s + 1)
    end
    for _, s in ipairs{"00.0.0.0", "256.255.255.255", "255.2550.255.255", "1", "1.2", "1.2.3.", "1.2.3.a",
        "1.2.3.4.5", "."} do
        equal(s, v4:match(s), nil)
    end
    return 0
end
