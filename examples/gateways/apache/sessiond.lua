-- Asks sessiond whether the token of a request is that of a session.

local unix = require("socket.unix")

local socket = "/run/sessiond-check.sock"

local passed = {
	"X-Sessiond-App", "X-Sessiond-Application", "X-Sessiond-Team",
	"X-Sessiond-Email", "X-Sessiond-Device", "X-Sessiond-Status",
}

-- ask returns the status, the headers and the body of the answer; nil where there is none.
local function ask(authorization)
	local connection = unix()
	connection:settimeout(5) -- a look at a file takes 2.5 s at most
	if not connection:connect(socket) then
		return nil
	end
	local header = authorization and "Authorization: " .. authorization .. "\r\n" or ""
	connection:send("GET /v1/check HTTP/1.0\r\n" .. header .. "\r\n")
	local answer = connection:receive("*a") -- 1.0 ends with the connection
	connection:close()
	local head, body = (answer or ""):match("^(.-\r\n)\r\n(.*)$")
	if not head then
		return nil
	end
	local headers = {}
	for name, value in head:gmatch("\r\n([^:\r\n]+): *([^\r\n]*)") do
		headers[name:lower()] = value
	end
	return tonumber(head:match("^HTTP/1%.%d (%d%d%d)")), headers, body
end

-- deny answers in the place of 4D.
local function deny(r, status, headers, body)
	r.status = status
	r.content_type = "application/json"
	for _, name in ipairs({ "WWW-Authenticate", "X-Sessiond-Error", "Retry-After" }) do
		r.headers_out[name] = headers[name:lower()]
	end
	r:puts(body)
	return apache2.DONE
end

-- An address whose tokens were unknown more than 50 times in ten seconds gets 429. Addresses
-- share 4096 counters, which all threads of a process share.
local most, counters = 50, 4096

-- failures returns the name of the counter of a client's address, and what it counts now.
local function failures(r)
	local counter, now = 0, math.floor(os.time() / 10)
	for i = 1, #r.useragent_ip do
		counter = (counter * 31 + r.useragent_ip:byte(i)) % counters
	end
	local name = "sessiond " .. counter
	local since, count = (r:ivm_get(name) or ""):match("^(%d+) (%d+)$")
	return name, now, tonumber(since) == now and tonumber(count) or 0
end

function check(r)
	-- What else the 4D server has to show is for you to say.
	if not r.uri:lower():match("^/mobileapp/") then
		return 404
	end
	-- What has to reach 4D without a session: the ping, log-in and log-out, as they are
	-- written by the apps. Encoded or doubled slashes are something else.
	local path = r.unparsed_uri:match("^[^?]*")
	if path == "/mobileapp/" or path == "/mobileapp/$authenticate" or path == "/mobileapp/$logout" then
		return apache2.OK
	end
	local counter, now, failed = failures(r)
	if failed > most then
		return 429
	end
	local status, headers, body = ask(r.headers_in["Authorization"])
	if status == 200 then
		for _, name in ipairs(passed) do
			r.headers_in[name] = headers[name:lower()]
		end
		return apache2.OK
	elseif status == 401 or status == 403 then
		if status == 401 then
			r:ivm_set(counter, ("%d %d"):format(now, failed + 1))
		end
		return deny(r, status, headers, body)
	end
	return deny(r, 503, { ["retry-after"] = "1" }, '{"success":false,"statusText":"The session cannot be checked now."}')
end
