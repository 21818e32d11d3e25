/*
 * Any bytes as the frames that roles exchange: a reader that was taken over may send the ledger
 * anything. What is accepted is written again as it came. The first byte says which frame.
 */
#include "daemon/role.h"
#include "daemon/tokens_wire.h"
#include "daemon/wire.h"
#include "tests/fuzz/fuzz.h"

static void same(const struct buffer *out, struct span body)
{
	fuzz_must(span_equal(buffer_span(out), body));
}

/* One body of each kind: read, written again, compared. */
#define AGAIN(type, read, write)               \
	do {                                   \
		struct type value;             \
		if (!read(body, &value, &err)) \
			break;                 \
		write(&value, &out);           \
		same(&out, body);              \
	} while (0)

static void start_again(struct span body, struct buffer *out, struct error *err)
{
	struct arena arena = {0};
	struct wire_start start;

	if (wire_read_start(body, &arena, &start, err)) {
		wire_write_start(&start, out);
		same(out, body);
	}
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer out = {0};
	struct error err = {0};
	struct span body;

	if (size < 1)
		return 0;
	body = fuzz_span(data + 1, size - 1);
	switch (data[0] % 22) {
	case 0:
		start_again(body, &out, &err);
		break;
	case 1:
		AGAIN(wire_secret, wire_read_secret, wire_write_secret);
		break;
	case 2:
		AGAIN(wire_hello, wire_read_hello, wire_write_hello);
		break;
	case 3:
		AGAIN(wire_folder, wire_read_folder, wire_write_folder);
		break;
	case 4:
		AGAIN(wire_cursor, wire_read_cursor, wire_write_cursor);
		break;
	case 5:
		AGAIN(wire_mail, wire_read_mail, wire_write_mail);
		break;
	case 6:
		AGAIN(wire_missing, wire_read_missing, wire_write_missing);
		break;
	case 7:
		AGAIN(wire_batch, wire_read_batch, wire_write_batch);
		break;
	case 8:
		AGAIN(wire_state, wire_read_state, wire_write_state);
		break;
	case 9:
		AGAIN(wire_action, wire_read_action, wire_write_action);
		break;
	case 10:
		AGAIN(wire_action_done, wire_read_action_done, wire_write_action_done);
		break;
	case 11:
		AGAIN(wire_pause, wire_read_pause, wire_write_pause);
		break;
	case 12:
		AGAIN(role_start, role_read_start, role_write_start);
		break;
	case 13:
		AGAIN(role_peer, role_read_peer, role_write_peer);
		break;
	case 14:
		AGAIN(role_fetched, role_read_fetched, role_write_fetched);
		break;
	case 15:
		AGAIN(tokens_start, tokens_read_start, tokens_write_start);
		break;
	case 16:
		AGAIN(tokens_wanted, tokens_read_wanted, tokens_write_wanted);
		break;
	case 17:
		AGAIN(tokens_token, tokens_read_token, tokens_write_token);
		break;
	case 18:
		AGAIN(tokens_state, tokens_read_state, tokens_write_state);
		break;
	case 19:
		AGAIN(tokens_login, tokens_read_login, tokens_write_login);
		break;
	case 20:
		AGAIN(tokens_code, tokens_read_code, tokens_write_code);
		break;
	default:
		AGAIN(tokens_logged_in, tokens_read_logged_in, tokens_write_logged_in);
		break;
	}
	fuzz_must(out.size > 0 || err.kind == ERROR_INPUT);
	buffer_done(&out);
	return 0;
}
