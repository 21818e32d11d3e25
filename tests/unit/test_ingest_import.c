/* Files into the record through the real parser: import, its second run, replay, explain. */
#include "ingest_fixture.h"

#include <errno.h>
#include <sys/stat.h>

#include "ingest/explain.h"
#include "ingest/import.h"
#include "ingest/replay.h"
#include "store/message.h"

struct post {
	struct desk *desk;
	struct parser_client *parser;
	char folder[128];
	char complaints[4096];
};

static int post_open(void **state)
{
	struct post *p = calloc(1, sizeof *p);
	p->desk = desk_start(true);
	snprintf(p->folder, sizeof p->folder, "%s-mail", p->desk->store.directory);
	assert_int_equal(mkdir(p->folder, 0700), 0);
	must(&p->desk->store, parser_client_start(&p->parser, &p->desk->store.err));
	*state = p;
	return 0;
}

static void tree_remove(const char *path)
{
	DIR *entries = opendir(path);
	struct dirent *entry;
	char inner[600];
	while (entries && (entry = readdir(entries))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		if (unlink(inner) != 0)
			tree_remove(inner);
	}
	if (entries)
		closedir(entries);
	rmdir(path);
}

static int post_close(void **state)
{
	struct post *p = *state;
	void *desk = p->desk;
	parser_client_free(p->parser);
	tree_remove(p->folder);
	desk_close(&desk);
	free(p);
	return 0;
}

#define post_test(function) cmocka_unit_test_setup_teardown(function, post_open, post_close)

static void put(struct post *p, const char *name, const char *content)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", p->folder, name);
	for (char *at = path + strlen(p->folder) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*at = '/';
	}
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
	close(file);
}

static void complain(void *context, const char *path, int64_t offset, const struct error *err)
{
	struct post *p = context;
	size_t size = strlen(p->complaints);
	(void)offset;
	snprintf(p->complaints + size, sizeof p->complaints - size, "%s: %s\n", path, err->text);
}

static struct import_progress import(struct post *p, const char *mailbox, const char *name)
{
	char path[300];
	char *paths[] = {path};
	struct import_progress total;
	struct import_options options = {
		.mailbox = mailbox ? config_mailbox(p->desk->config, mailbox) : NULL,
		.actor = "anna",
		.complain = complain,
		.context = p,
	};
	snprintf(path, sizeof path, "%s/%s", p->folder, name);
	must(&p->desk->store, import_paths(p->desk->intake, p->desk->store.db, p->parser, paths, 1,
				      &options, &total, &p->desk->store.err));
	return total;
}

#define MAIL(n, to)                                                                \
	"Message-ID: <" n "@example.org>\nDate: Sat, 21 Nov 2026 09:00:00 +0100\n" \
	"From: Anna Smit <anna@example.org>\nTo: " to "\nSubject: Mail " n "\n\nText " n ".\n"
#define BOUNDARY "From anna@example.org Sat Nov 21 10:00:00 2026\n"

static void test_import(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	put(p, "all/one.eml", MAIL("1", "erik@wit.example"));
	put(p, "all/box",
		BOUNDARY MAIL("2", "erik@wit.example") "\n" BOUNDARY MAIL(
			"3", "new@far.example") "\n" BOUNDARY MAIL("1", "erik@wit.example"));
	put(p, "all/Maildir/cur/1.x:2,S", MAIL("4", "erik@wit.example"));
	put(p, "all/Maildir/new/2.x", MAIL("5", "erik@wit.example"));
	put(p, "all/Maildir/tmp/3.x", MAIL("6", "erik@wit.example"));
	put(p, "all/Maildir/.Sent/cur/4.x:2,", MAIL("7", "erik@wit.example"));
	put(p, "all/Maildir/dovecot.index.log", "not a mail");
	put(p, "all/notes.txt", "This is no mail at all.\n");

	struct import_progress total = import(p, "crm", "all");
	assert_int_equal(total.mails_seen, 7);
	assert_int_equal(total.mails_new, 6);
	assert_int_equal(total.mails_known, 1);
	assert_int_equal(total.mails_dead, 0);
	assert_int_equal(total.mails_failed, 1);
	assert_non_null(strstr(p->complaints, "notes.txt: this is no mail"));
	assert_int_equal(total.bytes_done + 10 + 24, total.bytes_total + 34);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message"), 6);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM delivery"), 7);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 5);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE state = 'filed'"), 5);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE state = 'waiting'"), 1);

	/* Again, with a flag changed and a mail read: nothing comes twice. */
	char from[300], to[300];
	snprintf(from, sizeof from, "%s/all/Maildir/new/2.x", p->folder);
	snprintf(to, sizeof to, "%s/all/Maildir/cur/2.x:2,RS", p->folder);
	assert_int_equal(rename(from, to), 0);
	total = import(p, "crm", "all");
	assert_int_equal(total.mails_new, 0);
	assert_int_equal(total.mails_known, 7);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM delivery"), 7);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 5);
}

/* Without a mailbox the addresses decide; mail that concerns none of ours is kept and filed. */
static void test_import_without_mailbox(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	put(p, "a.eml", MAIL("1", "support@example.org"));
	put(p, "b.eml", "Delivered-To: invoices@example.org\n" MAIL("2", "x@y.example"));
	put(p, "c.eml", MAIL("3", "x@y.example"));
	import(p, NULL, "a.eml");
	import(p, NULL, "b.eml");
	import(p, NULL, "c.eml");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM support_case"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM ticket"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM route WHERE kind = 'history' AND "
				       "state = 'filed'"),
		1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE state = 'received'"), 0);
}

static struct replay_result replay(struct post *p, int64_t message, bool all)
{
	struct replay_result result;
	must(&p->desk->store, replay_run(p->desk->intake, p->desk->store.db, p->parser, message,
				      all, "anna", NULL, &result, &p->desk->store.err));
	return result;
}

/* Reading everything anew changes nothing that is still so, and nothing that a person did. */
static void test_replay_all(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	put(p, "1.eml", "Delivered-To: crm+2w@example.org\n" MAIL("1", "erik@wit.example"));
	put(p, "2.eml", MAIL("2", "new@far.example"));
	put(p, "3.eml", MAIL("3", "support@example.org"));
	put(p, "4.eml", MAIL("4", "invoices@example.org"));
	put(p, "5.eml", MAIL("5", "leads@example.org, x@y.example"));
	put(p, "6.eml",
		"Message-ID: <6@far.example>\nFrom: new@far.example\nTo: "
		"leads@example.org\nSubject: Lead\n\nHello\n");
	put(p, "7.eml", MAIL("7", "erik@wit.example"));
	for (int i = 1; i <= 7; i++) {
		char name[16];
		snprintf(name, sizeof name, "%d.eml", i);
		import(p, i == 3 ? "support" : i == 4 ? "invoices" : i >= 5 && i < 7 ? "leads" : "crm",
			name);
	}
	/* The lead made her a contact: what waited for her address is settled. */
	assert_string_equal(desk_state(d, 2), "filed");
	/* A person finished the follow-up and closed the ticket. */
	struct task *tasks;
	assert_int_equal(desk_tasks(d, 1, &tasks), 1);
	tasks[0].state = SPAN("done");
	struct ticket ticket = desk_ticket(d, desk_ticket_of(d, 4));
	ticket.state = SPAN("dismissed");
	fixture_begin(&d->store, "edit");
	must(&d->store, task_edit(&d->store.operation, &tasks[0], &d->store.err));
	must(&d->store, ticket_edit(&d->store.operation, &ticket, &d->store.err));
	fixture_commit(&d->store);

	static const char *const counts[] = {
		"SELECT count(*) FROM task",
		"SELECT count(*) FROM task WHERE state = 'done'",
		"SELECT count(*) FROM ticket WHERE state = 'dismissed'",
		"SELECT count(*) FROM ticket",
		"SELECT count(*) FROM support_case",
		"SELECT count(*) FROM deal",
		"SELECT count(*) FROM contact",
		"SELECT count(*) FROM activity",
		"SELECT count(*) FROM unresolved",
		"SELECT count(*) FROM route",
		"SELECT count(*) FROM match",
		"SELECT count(*) FROM message WHERE state = 'waiting'",
		"SELECT count(*) FROM message WHERE state = 'filed'",
	};
	int64_t before[ARRAY_COUNT(counts)];
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
		before[i] = desk_count(d, counts[i]);
	for (int round = 0; round < 2; round++) {
		struct replay_result result = replay(p, 0, true);
		assert_int_equal(result.read, 7);
		assert_int_equal(result.changed, 0);
		for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
			if (desk_count(d, counts[i]) != before[i])
				fail_msg("%s: %lld, was %lld", counts[i],
					(long long)desk_count(d, counts[i]), (long long)before[i]);
		}
	}
	/* What is known meanwhile is used. */
	desk_contact(d, "Tess", "tess@far.example", 0);
	put(p, "8.eml", MAIL("8", "tim@far.example"));
	import(p, "crm", "8.eml");
	assert_string_equal(desk_state(d, 8), "waiting");
	desk_contact(d, "Tim", "tim@far.example", 0);
	struct replay_result result = replay(p, 8, false);
	assert_int_equal(result.read, 1);
	assert_int_equal(result.changed, 1);
	assert_string_equal(desk_state(d, 8), "filed");
}

static void test_dead(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	CLEANUP(buffer_done) struct buffer frame = {0};
	struct delivery_result stored;
	struct error why = {ERROR_TEMPORARY, "the parser was killed by SIGSEGV"};

	desk_contact(d, "Erik", "erik@wit.example", 0);
	compress_append(&frame, SPAN(MAIL("1", "erik@wit.example, crm+2w@example.org")));
	struct delivery delivery = {.identity = digest_of(SPAN("1")),
		.source = SPAN("somewhere"),
		.raw_frame = buffer_span(&frame)};
	must(&d->store, db_begin_write(d->store.db, &d->store.err));
	must(&d->store, message_store(d->store.db, &delivery, d->now_ms, &stored, &d->store.err));
	for (int i = 0; i < 3; i++) {
		assert_string_equal(desk_state(d, stored.message_id), "received");
		must(&d->store, intake_failed(d->intake, stored.message_id, "parse", &why, false,
					&d->store.err));
	}
	fixture_commit(&d->store);
	assert_string_equal(desk_state(d, stored.message_id), "dead");
	/* A later version of the parser survives it. */
	struct replay_result result = replay(p, 0, false);
	assert_int_equal(result.read, 1);
	assert_int_equal(result.revived, 1);
	assert_int_equal(result.changed, 1);
	assert_int_equal(result.still_dead, 0);
	assert_string_equal(desk_state(d, stored.message_id), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 1);
}

/* ---------------------------------------------------------------- explain */

static json_t *explain(struct post *p, const char *mailbox, const char *mail)
{
	struct desk *d = p->desk;
	struct parse_options options;
	struct facts facts;
	json_t *object;
	parser_options(d->config, &d->store.arena, &options);
	must(&d->store, parser_client_read(p->parser, &options, span_from(mail), &d->store.arena,
				&facts, &d->store.err));
	must(&d->store, explain_mail(d->intake, &facts, "a.eml",
				mailbox ? config_mailbox(d->config, mailbox) : NULL, SPAN("INBOX"),
				d->now_ms, &object, &d->store.err));
	return object;
}

static const char *text_at(json_t *object, const char *list, size_t index, const char *key)
{
	json_t *value = json_object_get(json_array_get(json_object_get(object, list), index), key);
	assert_non_null(value);
	return json_is_string(value) ? json_string_value(value) : "null";
}

static void test_explain(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	int64_t before = desk_count(d, "SELECT count(*) FROM audit");
	json_t *object = explain(p, "crm",
		"Delivered-To: crm+2w@example.org\n" MAIL(
			"1", "erik@wit.example, new@far.example"));
	json_t *route = json_object_get(object, "route");
	assert_string_equal(json_string_value(json_object_get(route, "mailbox")), "crm");
	assert_string_equal(json_string_value(json_object_get(route, "kind")), "capture");
	assert_string_equal(
		json_string_value(json_object_get(route, "address")), "crm+2w@example.org");
	assert_string_equal(json_string_value(json_object_get(route, "by")), "envelope");
	assert_int_equal(json_array_size(json_object_get(object, "matches")), 2);
	assert_string_equal(text_at(object, "matches", 0, "contact"), "Erik");
	assert_string_equal(text_at(object, "matches", 0, "rule"), "address");
	assert_string_equal(text_at(object, "matches", 1, "contact"), "null");
	assert_int_equal(json_array_size(json_object_get(object, "effects")), 3);
	assert_string_equal(text_at(object, "effects", 0, "do"), "activity");
	assert_string_equal(text_at(object, "effects", 0, "direction"), "out");
	assert_string_equal(text_at(object, "effects", 1, "do"), "unresolved");
	assert_string_equal(text_at(object, "effects", 1, "reason"), "no-match");
	assert_string_equal(text_at(object, "effects", 2, "do"), "task");
	assert_string_equal(text_at(object, "effects", 2, "due"), "2026-12-05");
	assert_string_equal(text_at(object, "requests", 0, "due"), "2026-12-05");
	assert_int_equal(json_array_size(json_object_get(object, "follow_ups")), 1);
	json_decref(object);

	object = explain(p, "submit", MAIL("2", "erik@wit.example"));
	assert_string_equal(text_at(object, "effects", 0, "do"), "quarantine");
	json_decref(object);
	/* Older than the mailbox's `since`: on the timeline, and no follow-up. */
	struct config_mailbox *crm =
		(struct config_mailbox *)(uintptr_t)config_mailbox(d->config, "crm");
	crm->since = (struct date){2030, 1, 1};
	object = explain(
		p, "crm", "Delivered-To: crm+2w@example.org\n" MAIL("5", "erik@wit.example"));
	assert_int_equal(json_array_size(json_object_get(object, "follow_ups")), 0);
	assert_int_equal(json_array_size(json_object_get(object, "effects")), 1);
	crm->since = (struct date){0};
	json_decref(object);
	object = explain(p, NULL, MAIL("3", "erik@wit.example"));
	assert_true(json_is_null(json_object_get(object, "route")));
	assert_int_equal(json_array_size(json_object_get(object, "effects")), 0);
	json_decref(object);
	object = explain(p, "secret",
		"Delivered-To: secret+geheim7.2w@example.org\n" MAIL("4", "x@y.example"));
	char *text = json_dumps(object, 0);
	assert_null(strstr(text, "geheim7"));
	assert_non_null(strstr(text, "2026-12-05"));
	free(text);
	json_decref(object);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM audit"), before);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message"), 0);
}

/* What explain says is what the daemon then does. */
static void test_why(void **state)
{
	struct post *p = *state;
	struct desk *d = p->desk;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	put(p, "1.eml",
		"Delivered-To: crm+2w@example.org\n" MAIL(
			"1", "erik@wit.example, new@far.example"));
	import(p, "crm", "1.eml");
	json_t *object;
	bool found;
	must(&d->store, explain_message(d->intake, 1, &object, &found, &d->store.err));
	assert_true(found);
	assert_string_equal(text_at(object, "routes", 0, "kind"), "capture");
	assert_string_equal(
		text_at(object, "routes", 0, "rule"), "policy:none: nothing is checked");
	assert_string_equal(text_at(object, "items", 0, "reason"), "no-match");
	assert_string_equal(text_at(object, "effects", 0, "do"), "activity");
	assert_string_equal(text_at(object, "effects", 1, "do"), "task");
	json_t *route = json_array_get(json_object_get(object, "routes"), 0);
	assert_int_equal(json_array_size(json_object_get(route, "matches")), 2);
	json_decref(object);
	must(&d->store, explain_message(d->intake, 99, &object, &found, &d->store.err));
	assert_false(found);
}

/* Whatever may be configured is read back; a ledger that can't would stop at that mail. */
static void test_largest_mail(void **state)
{
	static const char *const sizes[] = {"64KiB", "300MiB", "1GiB", "1025MiB"};
	struct desk *d = *state;

	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct config *config;
		char text[8300];

		snprintf(text, sizeof text,
			"limits: {message: %s}\norganisation: {name: Example, "
			"zone: Europe/Berlin, domains: [example.org]}\n",
			sizes[i]);
		if (!config_load_text("test.yaml", span_from(text), &config, &d->store.err))
			continue;
		assert_true((uint64_t)config->limit_message_bytes <= MESSAGE_MAX_BYTES);
		config_free(config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		post_test(test_import),
		post_test(test_import_without_mailbox),
		post_test(test_replay_all),
		post_test(test_dead),
		post_test(test_largest_mail),
		post_test(test_explain),
		post_test(test_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
