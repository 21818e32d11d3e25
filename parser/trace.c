#include "parser/trace.h"

#include "parser/limits.h"
#include "parser/scan.h"
#include "parser/timestamp.h"

/* ---------------------------------------------------------------- Received */

static bool next_word(struct span *rest, struct span *word)
{
	size_t begin = 0, end;

	while (begin < rest->size && memchr(" \t\r\n", rest->data[begin], 4))
		begin++;
	for (end = begin; end < rest->size && !memchr(" \t\r\n", rest->data[end], 4); end++)
		;
	*word = span_part(*rest, begin, end - begin);
	*rest = span_after(*rest, end);
	return word->size > 0;
}

static struct span without_brackets(struct span address)
{
	while (address.size > 0 && memchr("<\"", address.data[0], 2))
		address = span_after(address, 1);
	while (address.size > 0 && memchr(">;,\"", address.data[address.size - 1], 4))
		address = span_part(address, 0, address.size - 1);
	return address;
}

static void received_read(struct span value, struct arena *arena, uint32_t field_index,
	struct facts_received *received)
{
	struct span plain = scan_without_comments(arena, value), word;
	ptrdiff_t semicolon = span_rfind_byte(plain, ';');
	struct span rest = semicolon < 0 ? plain : span_part(plain, 0, (size_t)semicolon);

	*received = (struct facts_received){.field_index = field_index};
	const struct {
		const char *keyword;
		struct span *target;
	} clauses[] = {
		{"from", &received->from},
		{"by", &received->by},
		{"with", &received->with},
		{"for", &received->for_address},
	};
	while (next_word(&rest, &word)) {
		for (size_t i = 0; i < ARRAY_COUNT(clauses); i++) {
			if (!span_equal_fold(word, span_from(clauses[i].keyword)) ||
				clauses[i].target->size > 0)
				continue;
			if (next_word(&rest, &word))
				*clauses[i].target = without_brackets(word);
			break;
		}
	}
	if (semicolon >= 0)
		(void)timestamp_read(span_after(plain, (size_t)semicolon + 1), 0, &received->at);
}

/* ---------------------------------------------------------------- Authentication-Results */

/* A word of a result: a quoted string, or up to white space. */
static bool next_token(struct span *rest, struct span *token)
{
	struct span text = span_trim(*rest);
	size_t end = 0;
	bool quoted = false;

	while (end < text.size && (quoted || !memchr(" \t", text.data[end], 2))) {
		if (text.data[end] == '"')
			quoted = !quoted;
		end++;
	}
	*token = span_part(text, 0, end);
	*rest = span_after(text, end);
	return token->size > 0;
}

static struct span unquoted(struct span value)
{
	value = span_trim(value);
	if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
		return span_part(value, 1, value.size - 2);
	return value;
}

/* The domain of "@d.example", "a@d.example" or "d.example". */
static struct span domain_of(struct span value)
{
	ptrdiff_t at = span_rfind_byte(value, '@');

	value = at < 0 ? value : span_after(value, (size_t)at + 1);
	return without_brackets(value);
}

/* Which property says what a method vouches for, the best first. */
static const struct vouched {
	const char *method;
	const char *properties[5];
} vouched[] = {
	{"dkim", {"header.d", "header.i", "header.from"}},
	{"dkim-atps", {"header.from"}},
	{"spf", {"smtp.mailfrom", "smtp.mfrom", "smtp.mail", "smtp.envelope-from", "smtp.helo"}},
	{"dmarc", {"header.from", "policy.from"}},
	{"iprev", {"policy.iprev", "smtp.remote-ip"}},
	{"auth", {"smtp.auth", "smtp.mailfrom"}},
	{"domainkeys", {"header.from", "header.sender", "header.d"}},
	{"sender-id", {"header.from", "header.sender"}},
	{"arc", {"header.oldest-pass", "smtp.client-ip", "smtp.remote-ip"}},
};

static size_t rank_of(struct span method, struct span property)
{
	for (size_t i = 0; i < ARRAY_COUNT(vouched); i++) {
		if (!span_equal_fold(method, span_from(vouched[i].method)))
			continue;
		for (size_t j = 0; j < 5 && vouched[i].properties[j]; j++)
			if (span_equal_fold(property, span_from(vouched[i].properties[j])))
				return j + 1;
		return 0;
	}
	return 9; /* a method we don't know: its first property */
}

static bool result_read(struct span text, struct facts_authentication *result)
{
	struct span rest = text, token;
	size_t best = 99;

	if (!next_token(&rest, &token))
		return false;
	/* "dkim = pass": white space around the sign is allowed */
	ptrdiff_t equals = span_find_byte(token, '=');
	if (equals < 0) {
		struct span sign;

		if (!next_token(&rest, &sign) || sign.data[0] != '=')
			return false;
		result->method = token;
		if (sign.size > 1)
			token = span_after(sign, 1);
		else if (!next_token(&rest, &token))
			return false;
		result->result = unquoted(token);
	} else {
		result->method = span_part(token, 0, (size_t)equals);
		result->result = unquoted(span_after(token, (size_t)equals + 1));
		if (result->result.size == 0 && next_token(&rest, &token))
			result->result = unquoted(token);
	}
	ptrdiff_t version = span_find_byte(result->method, '/');
	if (version > 0)
		result->method = span_part(result->method, 0, (size_t)version);
	if (result->method.size == 0 || result->result.size == 0 ||
		span_find_byte(result->method, '.') >= 0)
		return false; /* "header.From=x" without a method */
	while (next_token(&rest, &token)) {
		equals = span_find_byte(token, '=');
		if (equals <= 0)
			continue;
		struct span property = span_part(token, 0, (size_t)equals);
		size_t rank = rank_of(result->method, property);
		if (rank == 0 || rank >= best || span_find_byte(property, '.') < 0)
			continue;
		best = rank;
		result->property = property;
		result->domain = domain_of(unquoted(span_after(token, (size_t)equals + 1)));
	}
	return true;
}

/* The piece up to the next semicolon outside quotes. */
static bool next_piece(struct span *rest, struct span *piece)
{
	size_t end = 0;
	bool quoted = false;

	if (rest->size == 0)
		return false;
	while (end < rest->size && (quoted || rest->data[end] != ';')) {
		if (rest->data[end] == '"')
			quoted = !quoted;
		end++;
	}
	*piece = span_trim(span_part(*rest, 0, end));
	*rest = span_after(*rest, end + 1);
	return true;
}

static void authentication_read(
	struct span value, struct arena *arena, uint32_t field_index, struct facts *facts)
{
	struct span rest = scan_without_comments(arena, value), piece, authserv_id = {0};
	bool first = true;

	while (facts->authentication_count < AUTHENTICATION_MAX && next_piece(&rest, &piece)) {
		struct facts_authentication *result =
			&facts->authentication[facts->authentication_count];

		/* Exchange leaves the id out and begins with the first result. */
		if (first && span_find_byte(piece, '=') < 0) {
			struct span words = piece;

			(void)next_token(&words, &authserv_id);
			authserv_id = unquoted(authserv_id);
			first = false;
			continue;
		}
		first = false;
		*result = (struct facts_authentication){0};
		if (!result_read(piece, result))
			continue;
		result->field_index = field_index;
		result->authserv_id = authserv_id;
		facts->authentication_count++;
	}
}

/* ---------------------------------------------------------------- the envelope */

static const char *const envelope_fields[] = {
	"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"};

static bool is_envelope_field(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(envelope_fields); i++)
		if (span_equal_fold(name, span_from(envelope_fields[i])))
			return true;
	return false;
}

static void add_envelope_address(struct facts *facts, struct span value)
{
	struct span rest = value, item;

	while (facts->envelope_to.count < ENVELOPE_ADDRESSES_MAX && span_next(&rest, ',', &item)) {
		struct span address = without_brackets(span_trim(item));
		bool known = span_find_byte(address, '@') <= 0 ||
			     address.size > ADDRESS_BYTES_MAX || span_find_byte(address, ' ') >= 0;

		for (size_t i = 0; i < facts->envelope_to.count && !known; i++)
			known = span_equal_fold(facts->envelope_to.items[i], address);
		if (!known)
			facts->envelope_to.items[facts->envelope_to.count++] = address;
	}
}

void trace_read(struct facts *facts, struct arena *arena)
{
	bool above = true; /* no Received field yet */
	size_t received = 0, authentication = 0;

	for (size_t i = 0; i < facts->field_count; i++) {
		received += span_equal_fold(facts->fields[i].name, SPAN("Received"));
		authentication +=
			span_equal_fold(facts->fields[i].name, SPAN("Authentication-Results"));
	}
	facts->received = arena_array(
		arena, struct facts_received, received < RECEIVED_MAX ? received : RECEIVED_MAX);
	if (authentication > 0)
		facts->authentication =
			arena_array(arena, struct facts_authentication, AUTHENTICATION_MAX);
	facts->envelope_to.items = arena_array(arena, struct span, ENVELOPE_ADDRESSES_MAX);
	for (size_t i = 0; i < facts->field_count; i++) {
		const struct facts_field *field = &facts->fields[i];

		if (span_equal_fold(field->name, SPAN("Received"))) {
			if (facts->received_count >= RECEIVED_MAX)
				continue;
			struct facts_received *hop = &facts->received[facts->received_count++];
			received_read(field->value, arena, (uint32_t)i, hop);
			if (above)
				add_envelope_address(facts, hop->for_address);
			above = false;
		} else if (span_equal_fold(field->name, SPAN("Authentication-Results"))) {
			authentication_read(field->value, arena, (uint32_t)i, facts);
		} else if (above && is_envelope_field(field->name)) {
			add_envelope_address(facts, field->value);
		}
	}
}
