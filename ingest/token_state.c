#include "ingest/token_state.h"

#include <stddef.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/zone.h"
#include "ingest/json.h"
#include "store/setting.h"

/* The setting that keeps it is this and the mailbox's name. */
#define SETTING		"mailbox.token."
#define DAY_MS		INT64_C(86400000)
#define VALUE_MAX_BYTES 4096

static const struct {
	const char *key;
	size_t offset;
} times[] = {
	{"login_ms", offsetof(struct token_state, login_ms)},
	{"renewed_ms", offsetof(struct token_state, renewed_ms)},
	{"until_ms", offsetof(struct token_state, until_ms)},
	{"refresh_used_ms", offsetof(struct token_state, refresh_used_ms)},
	{"refresh_until_ms", offsetof(struct token_state, refresh_until_ms)},
};

static int64_t *time_at(struct token_state *state, size_t i)
{
	return (int64_t *)(void *)((char *)state + times[i].offset);
}

static const char *setting_name(struct span mailbox, struct arena *arena)
{
	return arena_format(arena, SETTING "%.*s", SPAN_ARG(mailbox)).data;
}

bool token_state_write(
	struct db *db, struct span mailbox, const struct token_state *state, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct token_state copy = *state;
	json_t *object = json_object();
	char value[VALUE_MAX_BYTES];
	size_t size;

	for (size_t i = 0; i < ARRAY_COUNT(times); i++)
		json_put(object, times[i].key, json_integer(*time_at(&copy, i)));
	json_put(object, "error", json_integer(state->error));
	json_put(object, "text", json_of_text(state->text));
	size = json_dumpb(object, value, sizeof value, JSON_COMPACT);
	json_decref(object);
	if (size > sizeof value)
		return error_set(err, ERROR_LIMIT, "the state of a token takes %zu bytes", size);
	return setting_set(db, setting_name(mailbox, &arena), (struct span){value, size}, err);
}

bool token_state_read(struct db *db, struct span mailbox, struct arena *arena,
	struct token_state *state, bool *found, struct error *err)
{
	json_t *object;
	struct span value;

	*state = (struct token_state){0};
	*found = false;
	if (!setting_get(db, setting_name(mailbox, arena), arena, &value, err))
		return false;
	object = json_loadb(value.data ? value.data : "", value.size, 0, NULL);
	*found = json_is_object(object);
	for (size_t i = 0; *found && i < ARRAY_COUNT(times); i++)
		*time_at(state, i) = json_integer_value(json_object_get(object, times[i].key));
	state->error = json_integer_value(json_object_get(object, "error")) == ERROR_AUTH
			       ? ERROR_AUTH
			       : ERROR_NONE;
	state->text =
		arena_copy(arena, span_from(json_string_value(json_object_get(object, "text"))));
	if (state->text.size > 0 && state->error == ERROR_NONE)
		state->error = ERROR_TEMPORARY;
	json_decref(object);
	return true;
}

int64_t token_state_unused_days(const struct token_state *state, int64_t now_ms)
{
	if (state->refresh_used_ms == 0 || now_ms <= state->refresh_used_ms)
		return 0;
	return (now_ms - state->refresh_used_ms) / DAY_MS;
}

/* "2026-11-22 10:00" in the zone. */
static struct span time_words(int64_t instant_ms, const char *zone, struct arena *arena)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_rfc3339(
		instant_ms - instant_ms % 60000, zone_local(zone, instant_ms).offset_minutes, text);
	text[10] = ' ';
	return arena_copy(arena, (struct span){text, sizeof("2026-11-22 10:00") - 1});
}

struct span token_state_words(
	const struct token_state *state, const char *zone, int64_t now_ms, struct arena *arena)
{
	int64_t unused = token_state_unused_days(state, now_ms);
	struct buffer words = {0};
	struct span result;

	if (state->renewed_ms)
		buffer_format(&words, "token renewed %.*s",
			SPAN_ARG(time_words(state->renewed_ms, zone, arena)));
	else
		buffer_append_string(&words, "no token yet");
	if (state->until_ms)
		buffer_format(&words, "%s %.*s", state->until_ms > now_ms ? ", until" : ", ended",
			SPAN_ARG(time_words(state->until_ms, zone, arena)));
	if (unused > 0)
		buffer_format(&words, "; refresh token unused for %lld day%s", (long long)unused,
			unused == 1 ? "" : "s");
	if (state->refresh_until_ms)
		buffer_format(&words, "; refresh token until %.*s",
			SPAN_ARG(time_words(state->refresh_until_ms, zone, arena)));
	result = arena_copy(arena, buffer_span(&words));
	buffer_done(&words);
	return result;
}

static json_t *time_json(int64_t instant_ms, const char *zone)
{
	return json_of_time(instant_ms - instant_ms % 1000, zone);
}

json_t *token_state_json(const struct token_state *state, enum oauth_grant grant, const char *zone)
{
	json_t *object = json_object();

	json_put(object, "grant",
		json_string(grant == GRANT_REFRESH_TOKEN ? "refresh-token" : "client-credentials"));
	json_put(object, "login", time_json(state->login_ms, zone));
	json_put(object, "renewed", time_json(state->renewed_ms, zone));
	json_put(object, "until", time_json(state->until_ms, zone));
	json_put(object, "refresh_used", time_json(state->refresh_used_ms, zone));
	json_put(object, "refresh_until", time_json(state->refresh_until_ms, zone));
	json_put(object, "error", json_of_text(state->text));
	return object;
}
