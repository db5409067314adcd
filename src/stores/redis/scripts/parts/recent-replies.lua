-- Part recent-replies: what was answered to whom, so that a call whose reply was lost can be repeated
-- without a second effect.
-- NEEDS meta, young, elder
-- KEEPS nobody is told what another was answered. Two generations: when the younger is full or old it
--       becomes the elder, and the former elder is dropped whole

local mostYoung, youngMs = 32768, 120000
local remembered, fresh = {}, {}

local function recall(ids)
  local packed = redis.call('HMGET', young, unpack(ids))
  local older = redis.call('HMGET', elder, unpack(ids))
  for nth, id in ipairs(ids) do
    local known = packed[nth] or older[nth]
    remembered[id] = known and cmsgpack.unpack(known)
  end
end

local function knownReply(id, owner)
  local known = remembered[id]
  return known and known.owner == owner and known.reply
end

local function remember(id, owner, reply)
  remembered[id] = { owner = owner, reply = reply }
  fresh[id] = remembered[id]
end

local function writeReplies(at)
  local list = {}
  for id, known in pairs(fresh) do
    list[#list + 1] = id
    list[#list + 1] = cmsgpack.pack(known)
  end
  if #list == 0 then
    return
  end
  local size = redis.call('HLEN', young)
  if size >= mostYoung or youngSince == nil or at - youngSince >= youngMs then
    redis.call('UNLINK', elder)
    if size > 0 then
      redis.call('RENAME', young, elder)
    end
    redis.call('HSET', meta, 'youngSince', at)
  end
  forMany('HSET', young, list)
end
