/*
 * supervisor_reload.c - the configuration: read, compared with the one in force, put in force.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "config/load.h"
#include "daemon/notify.h"
#include "daemon/role.h"
#include "daemon/supervisor.h"
#include "daemon/tokens.h"

#define STOP_GRACE_MS 15000

bool supervisor_load(
	const char *path, struct buffer *text, struct config **config, struct error *err)
{
	*config = NULL;
	return config_read(path, text, err) &&
	       config_load_text(path, buffer_span(text), config, err);
}

static struct child *find(
	const struct supervisor *supervisor, enum child_kind kind, const char *name)
{
	for (size_t i = 0; i < supervisor->child_count; i++) {
		struct child *child = supervisor->children[i];

		if (child->kind == kind && strcmp(child->name, name) == 0)
			return child;
	}
	return NULL;
}

static void want(struct supervisor *supervisor, enum child_kind kind, const char *name)
{
	struct child *child = find(supervisor, kind, name);

	if (!child) {
		child = memory_alloc(sizeof *child);
		*child = (struct child){
			.kind = kind, .name = memory_string(name), .control.socket = -1};
		supervisor->children = memory_resize(supervisor->children,
			(supervisor->child_count + 1) * sizeof *supervisor->children);
		supervisor->children[supervisor->child_count++] = child;
	}
	child->wanted = true;
}

static int by_kind(const void *a, const void *b)
{
	const struct child *const *first = a, *const *second = b;

	return (int)(*first)->kind - (int)(*second)->kind;
}

void supervisor_plan_children(struct supervisor *supervisor)
{
	const struct config *config = supervisor->config;
	int parsers = config->parsers > 0 ? config->parsers : 1;
	char number[16];

	for (size_t i = 0; i < supervisor->child_count; i++)
		supervisor->children[i]->wanted = false;
	want(supervisor, CHILD_LEDGER, "");
	if (tokens_are_needed(config))
		want(supervisor, CHILD_TOKENS, "");
	for (int i = 1; i <= parsers; i++) {
		snprintf(number, sizeof number, "%d", i);
		want(supervisor, CHILD_PARSER, number);
	}
	for (size_t i = 0; i < config->mailbox_count; i++)
		want(supervisor, CHILD_READER, config->mailboxes[i].name);
	if (config->feed_listen)
		want(supervisor, CHILD_FEED, "");
	qsort(supervisor->children, supervisor->child_count, sizeof(struct child *), by_kind);
}

static void write_string(struct buffer *out, const char *string)
{
	buffer_append_string(out, string ? string : "");
	buffer_append_byte(out, '\0');
}

/* Everything about a mailbox that its reader was started with, as bytes that compare. */
static void write_reader_settings(
	const struct config *config, const struct config_mailbox *mailbox, struct buffer *out)
{
	struct arena arena = {0};
	struct wire_start start;

	wire_start_from_config(
		mailbox, (struct span){0}, config->limit_message_bytes, &arena, &start);
	wire_write_start(&start, out);
	write_string(out, mailbox->password.file);
	write_string(out, mailbox->password.command);
	write_string(out, mailbox->password.credential);
	arena_done(&arena);
}

static bool reader_same(const struct config *old, const struct config *new, const char *name)
{
	const struct config_mailbox *before = config_mailbox(old, name);
	const struct config_mailbox *after = config_mailbox(new, name);
	CLEANUP(buffer_done) struct buffer first = {0};
	CLEANUP(buffer_done) struct buffer second = {0};

	if (!before || !after)
		return false;
	write_reader_settings(old, before, &first);
	write_reader_settings(new, after, &second);
	return span_equal(buffer_span(&first), buffer_span(&second));
}

/* A change that can't be taken over by running processes. */
static bool check_change(const struct config *old, const struct config *new, struct error *err)
{
	if (strcmp(old->state_directory, new->state_directory) != 0)
		return error_set(err, ERROR_INPUT,
			"storage.directory changed from %s to %s: that needs a restart",
			old->state_directory, new->state_directory);
	return true;
}

/* Whoever waits tries again at once: what was wrong may be mended now, a password for one. */
static void retry(struct child *child)
{
	struct error err;

	if (child->kind == CHILD_READER && child->state == CHILD_UP &&
		!channel_send(&child->control, CONTROL_RETRY, (struct span){0}, &err))
		child_kill(child);
}

/* Stops what the new configuration no longer wants or wants otherwise; the loop starts the rest. */
static void stop_changed(
	struct supervisor *supervisor, const struct config *old, const struct config *new)
{
	for (size_t i = 0; i < supervisor->child_count; i++) {
		struct child *child = supervisor->children[i];
		bool changed =
			(child->kind == CHILD_READER && !reader_same(old, new, child->name)) ||
			child->kind == CHILD_FEED ||
			/* its secrets and certificates are read again */
			child->kind == CHILD_TOKENS;

		child->delay_ms = 0;
		child->restart_at_ms = 0;
		if (changed && child->wanted)
			log_event(LOG_LEVEL_INFO, "changed",
				log_string("what", child_kind_name(child->kind)),
				log_string("name", child->name));
		if (changed || !child->wanted)
			child_stop(child, STOP_GRACE_MS);
		else
			retry(child);
		/* a parser has no control socket: between two mails it costs nothing */
		if (!child->wanted && child->kind == CHILD_PARSER)
			child_kill(child);
	}
}

/* The new text goes to the ledger before any reader of a new mailbox says hello to it. */
static void put_in_force(struct supervisor *supervisor, struct config *new, struct buffer *text)
{
	struct config *old = supervisor->config;
	struct error err;

	supervisor->config = new;
	buffer_done(&supervisor->config_text);
	supervisor->config_text = *text;
	*text = (struct buffer){0};
	supervisor_plan_children(supervisor);
	if (supervisor_ledger(supervisor)->ready && !supervisor_send_config(supervisor, &err))
		child_kill(supervisor_ledger(supervisor));
	stop_changed(supervisor, old, new);
	config_free(old);
}

void supervisor_reload(struct supervisor *supervisor)
{
	CLEANUP(buffer_done) struct buffer text = {0};
	struct config *new = NULL;
	struct error err;

	notify_reloading();
	if (supervisor_load(supervisor->config_path, &text, &new, &err) &&
		check_change(supervisor->config, new, &err)) {
		put_in_force(supervisor, new, &text);
		supervisor->trouble[0] = '\0';
		log_event(LOG_LEVEL_NOTICE, "reloaded", log_string("file", supervisor->config_path),
			log_number("mailboxes", (int64_t)supervisor->config->mailbox_count));
	} else {
		config_free(new);
		snprintf(supervisor->trouble, sizeof supervisor->trouble,
			"the changed configuration is refused, the old one stays: %.180s",
			err.text);
		log_event(LOG_LEVEL_ERROR, "reload-refused", log_string("error", err.text),
			log_string("meaning", "the old configuration stays in force"));
	}
	if (supervisor->was_ready)
		notify_ready();
}
