/* As what a mail came to us: envelope, mailbox, folder; forged envelopes; the same mail again. */
#include "ingest_fixture.h"

#include "ingest/route.h"
#include "ingest/state.h"

static struct route route_of(
	struct desk *d, const char *mailbox, const char *folder, const struct letter *letter)
{
	return route_find(d->intake, &d->store.arena, desk_facts(d, letter),
		mailbox ? config_mailbox(d->config, mailbox) : NULL, span_from(folder));
}

static void test_routes(void **state)
{
	struct desk *d = *state;
	static const struct {
		const char *mailbox, *folder;
		struct letter letter;
		bool found, trusted, refused;
		const char *by, *of, *kind, *address;
	} cases[] = {
		{"crm", "INBOX", {.envelope = "crm@example.org"}, true, false, false, "envelope",
			"crm", "capture", "crm@example.org"},
		{"crm", "inbox", {.envelope = "CRM+2w@Example.Org"}, true, false, false, "envelope",
			"crm", "capture", "crm+2w@example.org"},
		{"crm", "INBOX", {.envelope = "crm@example.net"}, true, false, false, "envelope",
			"crm", "capture", "crm@example.net"},
		/* Only an address that this mailbox is configured to have. */
		{"crm", "INBOX", {.envelope = "invoices@example.org"}, true, false, false,
			"mailbox", "crm", "capture", ""},
		{"crm", "INBOX", {.envelope = "all@example.org crm+fri@example.org"}, true, false,
			false, "envelope", "crm", "capture", "crm+fri@example.org"},
		{"crm", "INBOX", {.to = "crm+fri@example.org"}, true, false, false, "mailbox",
			"crm", "capture", ""},
		{"crm", "INBOX", {0}, true, false, false, "mailbox", "crm", "capture", ""},
		/* The pinned field alone, and above the first Received field alone. */
		{"pinned", "INBOX",
			{.header = "X-Pinned-To: <pinned+2w@example.org>\nReceived: from a by b "
				   "with ESMTP\n"},
			true, false, false, "envelope", "pinned", "capture",
			"pinned+2w@example.org"},
		{"pinned", "INBOX",
			{.header = "Received: from a by b with ESMTP\nX-Pinned-To: "
				   "pinned+2w@example.org\n"},
			true, false, false, "mailbox", "pinned", "capture", ""},
		{"pinned", "INBOX", {.envelope = "pinned+2w@example.org"}, true, false, false,
			"mailbox", "pinned", "capture", ""},
		/* Trusted folders, and outsiders who reach them. */
		{"crm", "Shared/CRM", {.envelope = "anna@example.org"}, true, true, false,
			"mailbox", "crm", "capture", ""},
		{"crm", "Shared/CRM", {.envelope = "anna+CRM@example.org"}, true, true, true,
			"mailbox", "crm", "capture", ""},
		{"crm", "Shared/CRM", {.envelope = "anna+shared/crm@example.org"}, true, true, true,
			"mailbox", "crm", "capture", ""},
		{"crm", "Shared/CRM", {.envelope = "x@y.example anna+crm@example.org"}, true, true,
			true, "mailbox", "crm", "capture", ""},
		{"crm", "Sent", {.envelope = "anna+CRM@example.org"}, true, true, false, "mailbox",
			"crm", "capture", ""},
		{"crm", "Sent", {.envelope = "anna+sent@example.org"}, true, true, true, "mailbox",
			"crm", "capture", ""},
		/* A server that names the envelope in a field of its own names it there. */
		{"pinned", "CRM",
			{.header = "X-Pinned-To: <anna+CRM@example.org>\nReceived: from a by b "
				   "with ESMTP\n"},
			true, true, true, "mailbox", "pinned", "capture", ""},
		{"pinned", "CRM", {.envelope = "anna+CRM@example.org"}, true, true, true, "mailbox",
			"pinned", "capture", ""},
		{"pinned", "CRM",
			{.header = "X-Pinned-To: anna@example.org\nReceived: from a by b with "
				   "ESMTP\nX-Pinned-To: anna+CRM@example.org\n"},
			true, true, false, "mailbox", "pinned", "capture", ""},
		/* No mailbox: the envelope, then the visible recipients. */
		{NULL, "", {.envelope = "invoices@example.org"}, true, false, false, "envelope",
			"invoices", "invoices", "invoices@example.org"},
		{NULL, "", {.to = "x@y.example", .cc = "support+case-4@example.org"}, true, false,
			false, "recipients", "support", "support", "support+case-4@example.org"},
		{NULL, "", {.to = "x@y.example"}, false, false, false, NULL, NULL, NULL, ""},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct route route =
			route_of(d, cases[i].mailbox, cases[i].folder, &cases[i].letter);
		assert_int_equal(route.found, cases[i].found);
		if (!route.found)
			continue;
		if (strcmp(route.by, cases[i].by) != 0)
			fail_msg("case %zu: by %s", i, route.by);
		assert_string_equal(route.mailbox->name, cases[i].of);
		assert_string_equal(mailbox_kind_name(route.kind), cases[i].kind);
		assert_span(route.address, cases[i].address);
		assert_int_equal(route.trusted, cases[i].trusted);
		assert_int_equal(route.refused.size > 0, cases[i].refused);
	}
}

static void test_trusted_folder(void **state)
{
	struct desk *d = *state;
	int64_t contact = desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter dropped = {.id = "d1@wit.example",
		.from = "Erik <erik@wit.example>",
		.to = "anna@example.org",
		.subject = "An offer",
		.envelope = "anna@example.org"};
	struct letter sneaked = {.id = "d2@wit.example",
		.from = "erik@wit.example",
		.to = "anna+CRM@example.org",
		.subject = "Sneaked in",
		.envelope = "anna+CRM@example.org"};
	struct letter sent = {.id = "d3@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.bcc = "crm+2w@example.org",
		.subject = "Our answer"};
	int64_t message = desk_deliver(d, "crm", "Shared/CRM", &dropped);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE direction = 'in'"), 1);
	message = desk_deliver(d, "crm", "Shared/CRM", &sneaked);
	assert_string_equal(desk_state(d, message), "quarantined");
	assert_non_null(strstr(desk_rule(d, message), "trusted folder Shared/CRM"));
	/* A Sent folder logs what a user sends, the tags of his Bcc included. */
	message = desk_deliver(d, "crm", "Sent", &sent);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE direction = 'out'"), 1);
	struct task *tasks;
	assert_int_equal(desk_tasks(d, message, &tasks), 1);
	assert_int_equal(tasks[0].contact_id, contact);
	/* Mail among colleagues is no question there, but is where somebody put it on purpose. */
	struct letter internal = {.id = "d4@example.org",
		.from = "anna@example.org",
		.to = "bert@example.org",
		.subject = "Lunch"};
	message = desk_deliver(d, "crm", "Sent", &internal);
	assert_string_equal(desk_state(d, message), "ignored");
	assert_string_equal(desk_rule(d, message), "internal: sent to colleagues alone");
	internal.id = internal.subject = "d5@example.org";
	message = desk_deliver(d, "crm", "Shared/CRM", &internal);
	assert_string_equal(desk_item(d, message), "no-contact");
}

/* One mail to two kinds has each kind's effects once; copies change nothing. */
static void test_routes_of_one_mail(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter letter = {.id = "both@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.cc = "support@example.org",
		.bcc = "crm+2w@example.org",
		.subject = "Both",
		.envelope = "crm+2w@example.org"};
	int64_t first = desk_post(d, "crm", &letter);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM route"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 1);
	int64_t operations = desk_count(d, "SELECT count(*) FROM operation");
	int64_t audits = desk_count(d, "SELECT count(*) FROM audit");
	for (int i = 0; i < 3; i++)
		assert_int_equal(desk_post(d, "crm", &letter), first);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM operation"), operations);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM audit"), audits);
	assert_int_equal(desk_post(d, "support", &letter), first);
	assert_int_equal(desk_post(d, "support", &letter), first);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM route"), 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM support_case"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM delivery"), 6);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message"), 1);
}

/* Two Bcc addresses give two copies: the second brings its own tag, and once only. */
static void test_second_tag(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter letter = {.id = "tags@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "Tags",
		.envelope = "crm+2w@example.org"};
	desk_post(d, "crm", &letter);
	letter.envelope = "crm+1m.to-bert@example.org";
	desk_post(d, "crm", &letter);
	desk_post(d, "crm", &letter);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	letter.envelope = "crm+12-03@example.org";
	int64_t message = desk_post(d, "crm", &letter);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 2);
	assert_string_equal(desk_item(d, message), "bad-tag");
	desk_post(d, "crm", &letter);
	assert_string_equal(desk_item(d, message), "bad-tag");
}

/* Its check failed on one way and passes on another: what a colleague does on purpose counts. */
static void test_quarantined_then_vouched(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter letter = {.id = "q@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "Quarantined first"};
	int64_t message = desk_post(d, "submit", &letter);
	assert_string_equal(desk_state(d, message), "quarantined");
	assert_int_equal(desk_deliver(d, "crm", "Shared/CRM", &letter), message);
	assert_string_equal(desk_state(d, message), "filed");
	/* The other way round nothing is taken back. */
	desk_post(d, "submit", &letter);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
}

/* One copy could not be read and was given up; the next one can. */
static void test_dead_then_read(void **state)
{
	struct desk *d = *state;
	struct fixture *f = &d->store;
	struct letter letter = {.id = "d@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "Dead first"};
	struct delivery_result result;
	struct error why;
	CLEANUP(buffer_done) struct buffer frame = {0};
	struct delivery delivery = {
		.identity = digest_of(SPAN("d@example.org|Dead first")),
		.source = SPAN("/tmp/d.eml"),
		.size_bytes = 3,
	};
	compress_append(&frame, SPAN("Subject: raw\r\n\r\nraw\r\n"));
	delivery.raw_frame = buffer_span(&frame);
	desk_contact(d, "Erik", "erik@wit.example", 0);
	error_set(&why, ERROR_TEMPORARY, "the parser died");
	must(f, db_begin_write(f->db, &f->err));
	must(f, message_store(f->db, &delivery, d->now_ms, &result, &f->err));
	must(f, intake_failed(d->intake, result.message_id, "parse", &why, true, &f->err));
	fixture_commit(f);
	assert_string_equal(desk_state(d, result.message_id), "dead");

	assert_int_equal(desk_post(d, "crm", &letter), result.message_id);
	assert_string_equal(desk_state(d, result.message_id), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM message WHERE subject = 'Dead first'"), 1);
	must(f, message_check_sum(f->db, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_routes),
		desk_test(test_trusted_folder),
		desk_test(test_routes_of_one_mail),
		desk_test(test_second_tag),
		desk_test(test_quarantined_then_vouched),
		desk_test(test_dead_then_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
