/*
 * Any answer of a token server, with any status: what is taken can go into a line of IMAP, what is
 * refused has a reason that fits a line.
 */
#include <string.h>

#include "daemon/token_answer.h"
#include "tests/fuzz/fuzz.h"

#define SECRET "a-refresh-token"

static const long statuses[] = {200, 400, 401, 302, 429, 503};

static void must_be_visible(struct span text, char first)
{
	for (size_t i = 0; i < text.size; i++)
		fuzz_must(text.data[i] >= first && text.data[i] <= '~');
}

static void must_be_line(const struct error *err)
{
	fuzz_must(err->kind == ERROR_AUTH || err->kind == ERROR_TEMPORARY);
	fuzz_must(err->text[0] != '\0');
	fuzz_must(!strstr(err->text, SECRET));
	for (const char *at = err->text; *at; at++)
		fuzz_must((unsigned char)*at >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long status = size > 0 ? statuses[data[0] % 6] : 200;
	struct span body = fuzz_span(data + (size > 0), size - (size > 0));
	const struct token_secrets sent = {{SPAN_INIT(SECRET)}};
	struct token_answer answer;
	struct token_device device;
	struct error err = {0};
	char code[64];

	if (token_answer_read(status, body, &sent, &answer, &err))
		fuzz_must(status == 200 && answer.access_token.size > 0);
	else
		must_be_line(&err);
	must_be_visible(buffer_span(&answer.access_token), '!');
	must_be_visible(buffer_span(&answer.refresh_token), ' ');
	must_be_visible(span_from(answer.code), '!');
	fuzz_must(answer.lifetime_ms >= 0 && answer.lifetime_ms <= TOKEN_LIFETIME_MAX_MS);
	token_answer_done(&answer);

	if (token_device_read(status, body, &sent, &device, code, &err))
		fuzz_must(device.lifetime_ms > 0 && device.interval_ms > 0);
	else
		must_be_line(&err);
	must_be_visible(span_from(device.user_code), ' ');
	must_be_visible(span_from(device.verification_uri), '!');
	token_device_done(&device);
	return 0;
}
