-- Ends itself at the first message.
function process_message()
    error("had enough\tof tea")
end
