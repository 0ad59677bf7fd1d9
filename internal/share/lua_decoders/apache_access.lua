--[[
Decodes the access log of Apache. Each variable of the format becomes a field, other
than the time, which becomes the timestamp of the message. The line may go on behind
what the format covers.

Config:

- log_format (string, required)
    The LogFormat of the configuration of Apache. In TOML put it in
    single quotes.
- type (string, optional, default nil)
    Type of the messages; without it they keep theirs.
- user_agent_transform (bool, optional, default false)
    Makes user_agent_browser, user_agent_version and user_agent_os of the field
    http_user_agent.
- user_agent_keep (bool, optional, default false)
    Keeps http_user_agent when it is transformed.
- user_agent_conditional (bool, optional, default false)
    Keeps http_user_agent when it is transformed and no browser was recognized.
- payload_keep (bool, optional, default false)
    Keeps the line as payload.
--]]

process_message = require "access_log".decoder(require "common_log_format".build_apache_grammar)
