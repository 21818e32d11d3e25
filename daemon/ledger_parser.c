/*
 * ledger_parser.c - mails to the parsers and their facts back. A parser answers in order; when it
 * dies, the first mail without an answer is the suspect, the others were only waiting behind it.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "daemon/ledger.h"
#include "ingest/parser_client.h"

#define READ_BYTES	     ((size_t)1 << 20)
#define FACTS_MAX_BYTES	     ((size_t)32 << 20) /* many times the text and the header at their caps */
#define PARSER_WINDOW_BYTES  ((size_t)1 << 20) /* beyond one mail, nobody waits with more */
#define PARSER_OUT_MAX_BYTES ((size_t)512 << 20)
/* Its CPU limit ends a busy parser before; this one sleeps. */
#define PARSER_STALL_MS 90000

static void tell_supervisor(struct ledger *ledger, uint32_t type, uint32_t id)
{
	struct error ignored; /* when it is gone we end anyway */
	size_t mark;

	role_write_id(id, channel_begin(&ledger->control, type, &mark));
	if (!channel_end(&ledger->control, mark, &ignored))
		return;
}

void parser_peer_new(struct ledger *ledger, uint32_t id, int socket)
{
	struct parser_peer *parser = memory_alloc(sizeof *parser);

	*parser = (struct parser_peer){.next = ledger->parsers, .id = id};
	channel_open(&parser->channel, socket, FACTS_MAX_BYTES, PARSER_OUT_MAX_BYTES);
	ledger->parsers = parser;
}

void ledger_unread(struct ledger *ledger, struct entry *entry)
{
	entry->state = ENTRY_UNREAD;
	entry->next_unread = NULL;
	if (entry->alone) {
		entry->next_unread = ledger->unread_alone;
		ledger->unread_alone = entry;
		return;
	}
	*ledger->unread_last = entry;
	ledger->unread_last = &entry->next_unread;
}

/* Before all others: it came before them. */
static void unread_first(struct ledger *ledger, struct entry *entry)
{
	entry->state = ENTRY_UNREAD;
	entry->next_unread = ledger->unread;
	if (!ledger->unread)
		ledger->unread_last = &entry->next_unread;
	ledger->unread = entry;
}

static struct entry *take_unread(struct ledger *ledger)
{
	struct entry *entry = ledger->unread;

	ledger->unread = entry->next_unread;
	if (!ledger->unread)
		ledger->unread_last = &ledger->unread;
	return entry;
}

static void failed(struct entry *entry, bool final)
{
	entry->state = ENTRY_FAILED;
	entry->stage = "parse";
	entry->final = final;
}

/* Takes the oldest mail out of what the parser has. */
static struct entry *take_sent(struct parser_peer *parser)
{
	struct entry *entry = parser->sent[parser->sent_first];

	parser->sent_first = (parser->sent_first + 1) % ARRAY_COUNT(parser->sent);
	parser->sent_count--;
	parser->sent_bytes -= entry_raw(entry).size;
	parser->since_ms = clock_monotonic_ms();
	return entry;
}

static struct entry *take_last_sent(struct parser_peer *parser)
{
	parser->sent_count--;
	return parser->sent[(parser->sent_first + parser->sent_count) % ARRAY_COUNT(parser->sent)];
}

static void parser_died(struct ledger *ledger, struct parser_peer *parser, const char *how)
{
	struct entry *suspect;

	channel_close(&parser->channel);
	while (parser->sent_count > 1)
		unread_first(ledger, take_last_sent(parser));
	if (parser->sent_count == 0)
		return;
	suspect = take_sent(parser);
	suspect->tries++;
	error_set(&suspect->why, ERROR_TEMPORARY, "the parser %s while it read this mail", how);
	failed(suspect, false);
	log_event(LOG_LEVEL_WARNING, "parser-died", log_string("how", how),
		log_string("mailbox", suspect->source->mailbox ? suspect->source->mailbox : ""),
		log_number("uid", suspect->kind == ENTRY_MAIL ? suspect->of.mail.uid : 0),
		log_number("message", suspect->message_id),
		log_string("next", "this mail is tried again alone, three times in all"));
}

/* Facts come from a process that a mail may have taken over. */
static bool read_facts(struct ledger *ledger, struct entry *entry, struct span body)
{
	bool ok;

	suspect_begin(ledger->suspects, entry);
	ok = facts_read(body, &entry->arena, &entry->facts, &entry->why);
	suspect_end(ledger->suspects);
	return ok;
}

static bool take_answer(struct ledger *ledger, struct parser_peer *parser,
	const struct frame *frame, struct error *err)
{
	struct entry *entry;

	if (parser->sent_count == 0)
		return error_set(err, ERROR_INPUT, "an answer to no question");
	entry = take_sent(parser);
	if (frame->type == PARSER_FACTS) {
		if (ledger_is_condemned(ledger, entry) || read_facts(ledger, entry, frame->body))
			entry->state = ENTRY_DONE;
		else
			failed(entry, false);
		return true;
	}
	if (frame->type != PARSER_FAILED)
		return error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)frame->type);
	error_set(&entry->why, ERROR_INPUT, "%.400s",
		arena_string(&entry->arena, text_clean(&entry->arena, frame->body)));
	failed(entry, true);
	return true;
}

static bool take_answers(struct ledger *ledger, struct parser_peer *parser, struct error *err)
{
	struct frame frame;
	bool found = true;

	while (found) {
		if (!channel_next(&parser->channel, &frame, &found, err))
			return false;
		if (found && !take_answer(ledger, parser, &frame, err))
			return false;
	}
	return true;
}

void ledger_read_parser(struct ledger *ledger, struct parser_peer *parser)
{
	struct error err;
	unsigned before = parser->sent_count;
	bool filled = channel_fill(&parser->channel, READ_BYTES, &err);

	if (!take_answers(ledger, parser, &err)) {
		log_event(LOG_LEVEL_ERROR, "bad-frame", log_string("from", "parser"),
			log_string("error", err.text));
		tell_supervisor(ledger, ROLE_PEER_STALLED, parser->id);
		parser_died(ledger, parser, "sent nonsense");
	} else if (!filled || parser->channel.ended) {
		parser_died(ledger, parser, "died");
	}
	if (!parser->useful && parser->sent_count < before && channel_is_open(&parser->channel)) {
		parser->useful = true;
		tell_supervisor(ledger, ROLE_PEER_PROGRESS, parser->id);
	}
}

static void send_mail(struct ledger *ledger, struct parser_peer *parser, struct entry *entry)
{
	struct parse_options options = ledger->options;
	struct span raw = entry_raw(entry);
	struct error err;
	size_t mark;

	if (parser->sent_count == 0)
		parser->since_ms = clock_monotonic_ms();
	parser->sent[(parser->sent_first + parser->sent_count) % ARRAY_COUNT(parser->sent)] = entry;
	parser->sent_count++;
	parser->sent_bytes += raw.size;
	entry->state = ENTRY_READING;
	options.without_documents = entry->tries_counted + entry->tries >= PARSE_TRIES - 1;
	protocol_write_request(
		&options, raw, channel_begin(&parser->channel, PARSER_REQUEST, &mark));
	if (!channel_end(&parser->channel, mark, &err))
		return; /* it died; its end is read behind its last answers */
}

static bool has_room(const struct parser_peer *parser)
{
	bool busy_alone = parser->sent_count > 0 && parser->sent[parser->sent_first]->alone;

	return channel_is_open(&parser->channel) && !parser->channel.ended && !busy_alone &&
	       parser->sent_count < ARRAY_COUNT(parser->sent) &&
	       (parser->sent_count == 0 || parser->sent_bytes < PARSER_WINDOW_BYTES);
}

static struct parser_peer *least_busy(const struct ledger *ledger)
{
	struct parser_peer *best = NULL;

	for (struct parser_peer *parser = ledger->parsers; parser; parser = parser->next)
		if (has_room(parser) && (!best || parser->sent_bytes < best->sent_bytes))
			best = parser;
	return best;
}

/* A suspect gets a parser without other mail; one is kept from new mail until it is empty. */
static struct parser_peer *dispatch_alone(struct ledger *ledger)
{
	struct parser_peer *parser;
	struct entry *entry;

	while (ledger->unread_alone && (parser = least_busy(ledger)) != NULL) {
		if (parser->sent_count > 0)
			return parser;
		entry = ledger->unread_alone;
		ledger->unread_alone = entry->next_unread;
		send_mail(ledger, parser, entry);
	}
	return NULL;
}

void ledger_dispatch(struct ledger *ledger)
{
	struct parser_peer *kept = dispatch_alone(ledger);
	struct parser_peer *parser;

	while (ledger->unread && (parser = least_busy(ledger)) != NULL && parser != kept)
		send_mail(ledger, parser, take_unread(ledger));
}

void ledger_check_parsers(struct ledger *ledger)
{
	int64_t now = clock_monotonic_ms();

	for (struct parser_peer *parser = ledger->parsers; parser; parser = parser->next) {
		if (!channel_is_open(&parser->channel) || parser->sent_count == 0 ||
			now - parser->since_ms < PARSER_STALL_MS)
			continue;
		tell_supervisor(ledger, ROLE_PEER_STALLED, parser->id);
		parser_died(ledger, parser, "hung");
	}
}

void ledger_drop_parsers(struct ledger *ledger)
{
	struct parser_peer **at = &ledger->parsers;

	while (*at) {
		struct parser_peer *parser = *at;

		if (channel_is_open(&parser->channel)) {
			at = &parser->next;
			continue;
		}
		*at = parser->next;
		free(parser);
	}
}

bool ledger_is_reading(const struct ledger *ledger)
{
	if (ledger->unread || ledger->unread_alone)
		return true;
	for (const struct parser_peer *parser = ledger->parsers; parser; parser = parser->next)
		if (parser->sent_count > 0)
			return true;
	return false;
}
