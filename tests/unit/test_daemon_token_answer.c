/* Answers of token servers: good ones, RFC 6749's errors, and what no server should say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "daemon/token_answer.h"
#include "tests/exact.h"

#define HOUR_MS INT64_C(3600000)

static const struct answer_case {
	const char *body;
	const char *access, *refresh; /* NULL: none */
	int64_t lifetime_ms, refresh_lifetime_ms;
} good[] = {
	{"{\"access_token\":\"a.b-c\",\"token_type\":\"Bearer\",\"expires_in\":3600}", "a.b-c",
		NULL, HOUR_MS, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":\"3599\"}", "a", NULL,
		3599000, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"BEARER\",\"refresh_token\":\"r 1\"}", "a", "r 1",
		0, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":null}", "a", NULL, 0,
		0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"r\","
	 "\"refresh_token_expires_in\":604800}",
		"a", "r", 0, INT64_C(604800000)},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"r\","
	 "\"refresh_expires_in\":1800}",
		"a", "r", 0, 1800000},
	/* lives that can't be */
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":0}", "a", NULL, 0, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":-1}", "a", NULL, 0, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":\"soon\"}", "a", NULL, 0,
		0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":[1]}", "a", NULL, 0, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":9223372036854775808}",
		"a", NULL, TOKEN_LIFETIME_MAX_MS, 0},
	{"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":1e300}", "a", NULL,
		TOKEN_LIFETIME_MAX_MS, 0},
	/* members that are not ours */
	{"{\"id_token\":\"x\",\"scope\":\"s\",\"access_token\":\"a\",\"token_type\":\"Bearer\"}",
		"a", NULL, 0, 0},
};

static const struct error_case {
	long status;
	const char *body;
	enum error_kind kind;
	const char *words; /* some of them */
	const char *code;
	const char *refresh; /* given all the same */
} bad[] = {
	{400, "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been revoked.\"}",
		ERROR_AUTH, "postroom mailbox login: Token has been revoked.", "invalid_grant"},
	{401, "{\"error\":\"invalid_client\"}", ERROR_AUTH, "client_secret", "invalid_client"},
	{400, "{\"error\":\"unauthorized_client\"}", ERROR_AUTH, "registration",
		"unauthorized_client"},
	{400, "{\"error\":\"invalid_scope\"}", ERROR_AUTH, "see scope", "invalid_scope"},
	{400, "{\"error\":\"unsupported_grant_type\"}", ERROR_AUTH, "token_url",
		"unsupported_grant_type"},
	{400, "{\"error\":\"invalid_request\"}", ERROR_AUTH, "request", "invalid_request"},
	{400, "{\"error\":\"authorization_pending\"}", ERROR_TEMPORARY, "entered",
		"authorization_pending"},
	{400, "{\"error\":\"slow_down\"}", ERROR_TEMPORARY, "less often", "slow_down"},
	{503, "{\"error\":\"temporarily_unavailable\"}", ERROR_TEMPORARY, "not available",
		"temporarily_unavailable"},
	{400, "{\"error\":\"bad_verification\"}", ERROR_AUTH, "bad_verification (HTTP 400)",
		"bad_verification"},
	{500, "{\"error\":\"strange\"}", ERROR_TEMPORARY, "strange (HTTP 500)", "strange"},
	{200, "{\"error\":\"invalid_grant\"}", ERROR_AUTH, "invalid_grant", "invalid_grant"},
	{400, "{\"error\":\"a\\u001b[31m b\"}", ERROR_AUTH, "unreadable error (HTTP 400)", ""},
	{400, "{\"error\":\"invalid_grant\",\"error_description\":\"\\u001b[2J\\u202ex\"}",
		ERROR_AUTH, "\\u{1b}[2J", "invalid_grant"},
	/* none of OAuth's */
	{500, "<html>Internal Server Error</html>", ERROR_TEMPORARY, "(HTTP 500)", ""},
	{429, "{}", ERROR_TEMPORARY, "(HTTP 429)", ""},
	{302, "", ERROR_TEMPORARY, "elsewhere (HTTP 302)", ""},
	{404, "not found", ERROR_TEMPORARY, "(HTTP 404) without saying why", ""},
	{400, "{\"message\":\"no\"}", ERROR_TEMPORARY, "(HTTP 400) without saying why", ""},
	{200, "<html>login</html>", ERROR_TEMPORARY, "no whole JSON", ""},
	{200, "", ERROR_TEMPORARY, "no whole JSON", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"Be", ERROR_TEMPORARY, "no whole JSON", ""},
	{200, "[]", ERROR_TEMPORARY, "none of OAuth's", ""},
	{200, "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}",
		ERROR_TEMPORARY, "no whole JSON", ""},
	{200, "{\"access_token\":\"a\\u0000b\",\"token_type\":\"Bearer\"}", ERROR_TEMPORARY,
		"no whole JSON", ""},
	/* tokens that can be none */
	{200, "{}", ERROR_TEMPORARY, "no access token", ""},
	{200, "{\"access_token\":\"\",\"token_type\":\"Bearer\"}", ERROR_TEMPORARY,
		"no access token", ""},
	{200, "{\"access_token\":7,\"token_type\":\"Bearer\"}", ERROR_TEMPORARY, "no access token",
		""},
	{200, "{\"access_token\":\"a\\u0001auth=x\",\"token_type\":\"Bearer\"}", ERROR_TEMPORARY,
		"can be none", ""},
	{200, "{\"access_token\":\"a b\",\"token_type\":\"Bearer\"}", ERROR_TEMPORARY,
		"can be none", ""},
	{200, "{\"access_token\":\"a\"}", ERROR_TEMPORARY, "token_type", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", ERROR_AUTH, "of type mac", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"\\u0007\"}", ERROR_AUTH, "unreadable", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"\"}",
		ERROR_TEMPORARY, "refresh token that can be none", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"a\\nb\"}",
		ERROR_TEMPORARY, "refresh token that can be none", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":{}}",
		ERROR_TEMPORARY, "refresh token that can be none", ""},
	/* a rotated refresh token is kept whatever else is wrong */
	{200, "{\"access_token\":\"a\",\"token_type\":\"mac\",\"refresh_token\":\"new\"}",
		ERROR_AUTH, "of type mac", "", "new"},
	{200, "{\"refresh_token\":\"new\"}", ERROR_TEMPORARY, "no access token", "", "new"},
	{200, "{\"error\":\"server_error\",\"refresh_token\":\"new\"}", ERROR_TEMPORARY,
		"trouble of its own", "server_error", NULL},
};

static const struct token_secrets nothing;

static void assert_buffer(struct buffer *got, const char *expected)
{
	assert_true(span_equal(buffer_span(got), span_from(expected)));
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		struct span body = exact_copy(span_from(good[i].body));
		struct token_answer answer;
		struct error err;

		if (!token_answer_read(200, body, &nothing, &answer, &err))
			fail_msg("%s: %s", good[i].body, err.text);
		assert_buffer(&answer.access_token, good[i].access);
		assert_buffer(&answer.refresh_token, good[i].refresh);
		assert_int_equal(answer.lifetime_ms, good[i].lifetime_ms);
		assert_int_equal(answer.refresh_lifetime_ms, good[i].refresh_lifetime_ms);
		token_answer_done(&answer);
		free((void *)(size_t)body.data);
	}
}

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		const struct error_case *c = &bad[i];
		struct span body = exact_copy(span_from(c->body));
		struct token_answer answer;
		struct error err = {0};

		if (token_answer_read(c->status, body, &nothing, &answer, &err))
			fail_msg("%s: is taken", c->body);
		if (err.kind != c->kind || !strstr(err.text, c->words) ||
			strcmp(answer.code, c->code) != 0)
			fail_msg("%s: %s, code '%s': %s", c->body, error_kind_name(err.kind),
				answer.code, err.text);
		assert_buffer(&answer.refresh_token, c->refresh);
		assert_int_equal(answer.access_token.size, 0);
		token_answer_done(&answer);
		free((void *)(size_t)body.data);
	}
}

static void test_huge(void **state)
{
	struct buffer body = {0};
	struct token_answer answer;
	struct error err;

	(void)state;
	buffer_append_string(&body, "{\"token_type\":\"Bearer\",\"access_token\":\"");
	memset(buffer_reserve(&body, 20000), 'a', 20000);
	body.size += 20000;
	buffer_append_string(&body, "\"}");
	assert_false(token_answer_read(200, buffer_span(&body), &nothing, &answer, &err));
	assert_non_null(strstr(err.text, "can be none"));
	token_answer_done(&answer);
	memset(buffer_reserve(&body, TOKEN_ANSWER_MAX_BYTES), ' ', TOKEN_ANSWER_MAX_BYTES);
	body.size += TOKEN_ANSWER_MAX_BYTES;
	assert_false(token_answer_read(200, buffer_span(&body), &nothing, &answer, &err));
	assert_non_null(strstr(err.text, "too large"));
	token_answer_done(&answer);

	buffer_clear(&body); /* nested deeper than any stack should follow */
	memset(buffer_reserve(&body, 60000), '[', 60000);
	body.size += 60000;
	assert_false(token_answer_read(200, buffer_span(&body), &nothing, &answer, &err));
	token_answer_done(&answer);
	buffer_done(&body);
}

#define DEVICE(rest)                                        \
	"{\"device_code\":\"dev\",\"user_code\":\"AB-CD\"," \
	"\"verification_uri\":\"https://l.example/d\"" rest "}"

static const struct device_case {
	const char *body;
	int64_t lifetime_ms, interval_ms; /* lifetime 0: refused */
} devices[] = {
	{DEVICE(",\"expires_in\":900,\"interval\":2"), 900000, 2000},
	{DEVICE(",\"expires_in\":900"), 900000, 5000},
	{DEVICE(",\"expires_in\":\"900\",\"interval\":0"), 900000, 5000},
	{DEVICE(",\"expires_in\":900,\"interval\":-3"), 900000, 5000},
	{DEVICE(",\"expires_in\":1e9,\"interval\":1e9"), HOUR_MS, 60000},
	{DEVICE(""), 0, 0},
	{DEVICE(",\"expires_in\":0"), 0, 0},
	{"{\"device_code\":\"d\",\"user_code\":\"U\",\"verification_url\":\"https://l.example\","
	 "\"expires_in\":60}",
		60000, 5000},
	{"{\"device_code\":\"d\",\"user_code\":\"U\",\"verification_uri\":\"javascript:x\","
	 "\"expires_in\":60}",
		0, 0},
	{"{\"device_code\":\"d\",\"user_code\":\"\\u001b[2J\",\"verification_uri\":"
	 "\"https://l.example\",\"expires_in\":60}",
		0, 0},
	{"{\"user_code\":\"U\",\"verification_uri\":\"https://l.example\",\"expires_in\":60}", 0,
		0},
	{"{\"error\":\"invalid_client\"}", 0, 0},
};

static void test_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(devices); i++) {
		struct span body = exact_copy(span_from(devices[i].body));
		struct token_device device;
		struct error err = {0};
		char code[64];
		bool ok = token_device_read(200, body, &nothing, &device, code, &err);

		if (ok != (devices[i].lifetime_ms > 0))
			fail_msg("%s: %s", devices[i].body, err.text);
		if (ok) {
			assert_int_equal(device.lifetime_ms, devices[i].lifetime_ms);
			assert_int_equal(device.interval_ms, devices[i].interval_ms);
		}
		token_device_done(&device);
		free((void *)(size_t)body.data);
	}
}

static void test_words_without_secrets(void **state)
{
	static const char *const bodies[] = {
		"{\"error\":\"invalid_grant\",\"error_description\":\"1//0ab-very-secret-token\"}",
		"{\"error\":\"invalid_grant\",\"error_description\":\"a…very-secret-token…\"}",
		"{\"error\":\"1//0ab-very-secret-token\"}",
		"{\"access_token\":\"a\",\"token_type\":\"1//0ab-very-secret-token\"}",
	};
	const struct token_secrets sent = {{{0}, SPAN_INIT("1//0ab-very-secret-token")}};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct token_answer answer;
		struct error err;

		assert_false(token_answer_read(
			i < 3 ? 400 : 200, span_from(bodies[i]), &sent, &answer, &err));
		assert_int_equal(err.kind, ERROR_AUTH);
		assert_null(strstr(err.text, "secret-token"));
		assert_null(strstr(answer.code, "secret-token"));
		assert_non_null(strstr(err.text, i < 2 ? "invalid_grant" : "unreadable"));
		token_answer_done(&answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_words_without_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
