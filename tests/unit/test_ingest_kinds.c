/* leads, support and actions: what their mails become. */
#include "ingest_fixture.h"

/* ---------------------------------------------------------------- leads */

static struct deal deal_of(struct desk *d, int64_t id)
{
	struct deal deal;
	bool found;
	must(&d->store, deal_get(d->store.db, id, &d->store.arena, &deal, &found, &d->store.err));
	assert_true(found);
	return deal;
}

static const char form_text[] = "New message from the site\n\n"
				"Your name: Nora Nieuw\n"
				"E-Mail: nora@customer.example\n"
				"Company: Customer GmbH\n"
				"Message: I need ten chairs.\n"
				"It is urgent.\n";

static void test_lead_form(void **state)
{
	struct desk *d = *state;
	struct letter form = {.id = "form1",
		.from = "Website <web@example.org>",
		.to = "leads@example.org",
		.reply_to = "nora@customer.example",
		.subject = "Contact form",
		.text = form_text,
		.origin = ORIGIN_SYSTEM};
	int64_t message = desk_post(d, "leads", &form);
	assert_string_equal(desk_state(d, message), "filed");
	struct deal deal = deal_of(d, 1);
	assert_span(deal.name, "Customer GmbH");
	assert_span(deal.phase, "new");
	assert_span(deal.state, "open");
	assert_span(deal.source, "mail");
	assert_span(deal.contact_name, "Nora Nieuw");
	assert_span(deal.owner_name, "anna");
	assert_true(deal.is_lead);
	assert_int_equal(deal.score, 10 + 5 + 3);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address WHERE address_folded "
				       "= 'nora@customer.example'"),
		1);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM activity WHERE deal_id = 1 AND contact_id = 1"),
		1);
	/* The same form again the next day joins the open lead. */
	form.id = form.subject = "form2";
	message = desk_post(d, "leads", &form);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM deal"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE deal_id = 1"), 2);
	/* Somebody else's form: not ours, its labels mean nothing. */
	form.id = form.subject = "form3";
	form.from = "web@evil.example";
	form.reply_to = NULL;
	form.origin = ORIGIN_PERSON;
	desk_post(d, "leads", &form);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address WHERE address_folded "
				       "= 'web@evil.example'"),
		1);
	form.id = form.subject = "form4";
	form.origin = ORIGIN_SYSTEM;
	message = desk_post(d, "leads", &form);
	assert_string_equal(desk_state(d, message), "ignored");
}

static void test_lead_owners(void **state)
{
	struct desk *d = *state;
	static const char *const owners[] = {"anna", "bert", "anna", "bert", "anna"};
	for (size_t i = 0; i < ARRAY_COUNT(owners); i++) {
		char from[64];
		snprintf(from, sizeof from, "p%zu@far.example", i);
		struct letter letter = {.id = from,
			.from = from,
			.to = "leads@example.org",
			.subject = "Chairs please"};
		desk_post(d, "leads", &letter);
		assert_span(deal_of(d, (int64_t)i + 1).owner_name, owners[i]);
		assert_span(deal_of(d, (int64_t)i + 1).name, "Chairs please");
	}
}

/* What somebody has beside his leads, or had before the others came, is not counted. */
static void test_lead_turns(void **state)
{
	struct desk *d = *state;
	struct deal own = {.name = SPAN("Own"), .phase = SPAN("new"), .state = SPAN("open")};
	static const char *const owners[] = {"anna", "bert", "anna"};
	int64_t id;
	own.contact_id = desk_contact(d, "Erik", "erik@wit.example", 0);
	must(&d->store, user_ensure(d->store.db, SPAN("anna"), SPAN("Anna Smit"), &own.owner_id,
				&d->store.err));
	fixture_begin(&d->store, "deal add");
	for (int i = 0; i < 3; i++)
		must(&d->store, deal_add(&d->store.operation, &own, &id, &d->store.err));
	fixture_commit(&d->store);
	for (size_t i = 0; i < ARRAY_COUNT(owners); i++) {
		char from[64];
		snprintf(from, sizeof from, "t%zu@far.example", i);
		struct letter letter = {.id = from,
			.from = from,
			.to = "leads@example.org",
			.subject = "Chairs please"};
		desk_post(d, "leads", &letter);
		assert_span(deal_of(d, id + (int64_t)i + 1).owner_name, owners[i]);
	}
}

static void test_lead_known(void **state)
{
	struct desk *d = *state;
	int64_t company = desk_company(d, "Customer GmbH", "customer.example");
	int64_t erik = desk_contact(d, "Erik", "erik@customer.example", company);
	struct letter known = {.id = "k1",
		.from = "erik@customer.example",
		.to = "leads@example.org",
		.subject = "Chairs"};
	desk_post(d, "leads", &known);
	assert_int_equal(deal_of(d, 1).contact_id, erik);
	/* A new person at a known company. */
	struct letter colleague = {.id = "k2",
		.from = "Nora <nora@customer.example>",
		.to = "leads@example.org",
		.subject = "Tables"};
	desk_post(d, "leads", &colleague);
	assert_int_equal(
		desk_count(d, "SELECT company_id FROM contact WHERE name = 'Nora'"), company);
	/* A colleague forwards what reached him: it is about the original sender. */
	struct letter forwarded = {.id = "k3",
		.from = "anna@example.org",
		.to = "leads@example.org",
		.subject = "Fwd: Lamps",
		.original_from = "Lara <lara@lamps.example>",
		.original_subject = "Lamps"};
	desk_post(d, "leads", &forwarded);
	assert_span(deal_of(d, 3).contact_name, "Lara");
	struct letter own = {.id = "k4",
		.from = "anna@example.org",
		.to = "leads@example.org",
		.subject = "Nobody outside"};
	assert_string_equal(desk_item(d, desk_post(d, "leads", &own)), "no-contact");
}

static void test_lead_asks(void **state)
{
	struct desk *d = *state;
	struct letter letter = {.id = "a1",
		.from = "Nora <nora@customer.example>",
		.to = "leads@example.org",
		.subject = "Chairs"};
	int64_t message = desk_post(d, "leads", &letter);
	assert_string_equal(desk_item(d, message), "new-lead");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM deal"), 0);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact"), 0);
}

/* ---------------------------------------------------------------- support */

static int64_t case_of(struct desk *d, int64_t message)
{
	int64_t id;
	must(&d->store, case_by_message(d->store.db, message, &id, &d->store.err));
	return id;
}

static void test_support(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter question = {.id = "q1@wit.example",
		.from = "erik@wit.example",
		.to = "support@example.org",
		.subject = "Re: It squeaks"};
	int64_t message = desk_post(d, "support", &question);
	int64_t id = case_of(d, message);
	struct support_case item;
	bool found;
	must(&d->store, case_get(d->store.db, id, &d->store.arena, &item, &found, &d->store.err));
	assert_true(found);
	assert_span(item.subject, "It squeaks");
	assert_span(item.state, "open");
	assert_span(item.priority, "high");
	assert_span(item.assignee_name, "carla");
	assert_int_equal(item.contact_id, erik);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);

	/* A colleague's answer in the thread joins; so does the customer's, which reopens. */
	struct letter answer = {.id = "q2@example.org",
		.from = "carla@example.org",
		.to = "erik@wit.example",
		.cc = "support@example.org",
		.subject = "Re: It squeaks",
		.answers = "q1@wit.example"};
	message = desk_post(d, "support", &answer);
	assert_int_equal(case_of(d, message), id);
	assert_string_equal(desk_state(d, message), "filed");
	fixture_begin(&d->store, "case close");
	item.state = SPAN("closed");
	must(&d->store, case_edit(&d->store.operation, &item, &d->store.err));
	fixture_commit(&d->store);
	struct letter again = {.id = "q3@wit.example",
		.from = "erik@wit.example",
		.to = "support@example.org",
		.subject = "Re: It squeaks",
		.answers = "q1@wit.example q2@example.org"};
	message = desk_post(d, "support", &again);
	assert_int_equal(case_of(d, message), id);
	must(&d->store, case_get(d->store.db, id, &d->store.arena, &item, &found, &d->store.err));
	assert_span(item.state, "open");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM support_case"), 1);

	/* Who is not known gets his case all the same. */
	struct letter stranger = {.id = "q4@far.example",
		.from = "new@far.example",
		.to = "support@example.org",
		.subject = "Help"};
	message = desk_post(d, "support", &stranger);
	assert_string_equal(desk_item(d, message), "no-match");
	assert_true(case_of(d, message) != 0 && case_of(d, message) != id);
}

/* ---------------------------------------------------------------- actions */

#define PREFIX "Balean Board Meeting action:"

static int64_t minutes(struct desk *d, const char *id, const char *subject, const char *answers,
	const struct facts_action *actions, size_t count)
{
	struct letter letter = {.id = id,
		.from = "anna@example.org",
		.to = "board@example.org",
		.subject = subject,
		.answers = answers,
		.actions = actions,
		.action_count = count};
	return desk_post(d, "board", &letter);
}

static struct task task_titled(struct desk *d, const char *part)
{
	struct task_filter filter = {.title_part_folded = span_from(part)};
	struct task *rows;
	size_t count;
	must(&d->store,
		task_list(d->store.db, &filter, &d->store.arena, &rows, &count, &d->store.err));
	assert_int_equal(count, 1);
	return rows[0];
}

static void test_actions(void **state)
{
	struct desk *d = *state;
	static const struct facts_action first[] = {
		{SPAN_INIT(PREFIX " Anna: order ten chairs by 2026-12-01"), SPAN_INIT("Anna"),
			{2026, 12, 1}},
		{SPAN_INIT(PREFIX " @bert call the bank"), SPAN_INIT("bert"), {0}},
		{SPAN_INIT(PREFIX " paint the door (Carla Jansen)"), SPAN_INIT("Carla Jansen"),
			{0}},
		{SPAN_INIT(PREFIX " Jansen: sweep the yard"), SPAN_INIT("Jansen"), {0}},
		{SPAN_INIT(PREFIX " Zoe: write the report"), SPAN_INIT("Zoe"), {0}},
		{SPAN_INIT(PREFIX " lock the gate"), {0}, {0}},
	};
	static const struct {
		const char *part, *assignee;
	} want[] = {
		{"chairs", "anna"},
		{"bank", "bert"},
		{"door", "carla"},
		{"yard", ""},
		{"report", ""},
		{"gate", ""},
	};
	int64_t message = minutes(
		d, "m1@example.org", "Minutes 20 November", NULL, first, ARRAY_COUNT(first));
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 6);
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		struct task task = task_titled(d, want[i].part);
		assert_span(task.kind, "action");
		assert_span(task.assignee_name, want[i].assignee);
		assert_true(span_starts(task.title, SPAN(PREFIX)));
	}
	assert_int_equal(task_titled(d, "chairs").due_date.month, 12);
	/* One name means nobody, another means two. */
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM unresolved WHERE reason = 'unknown-name'"), 2);
	assert_string_equal(desk_state(d, message), "waiting");

	/* A person moved one of them on; the correction says nothing about that. */
	struct task moved = task_titled(d, "bank");
	moved.due_date = (struct date){2027, 1, 15};
	fixture_begin(&d->store, "task edit");
	must(&d->store, task_edit(&d->store.operation, &moved, &d->store.err));
	fixture_commit(&d->store);

	static const struct facts_action second[] = {
		{SPAN_INIT(PREFIX " Bert: order ten chairs by 2026-12-08"), SPAN_INIT("Bert"),
			{2026, 12, 8}},
		{SPAN_INIT(PREFIX " @bert call the bank"), SPAN_INIT("bert"), {0}},
		{SPAN_INIT(PREFIX " paint the green door (Carla Jansen)"),
			SPAN_INIT("Carla Jansen"), {0}},
		{SPAN_INIT(PREFIX " buy a broom"), {0}, {0}},
	};
	minutes(d, "m2@example.org", "Re: Minutes 20 November", "m1@example.org", second,
		ARRAY_COUNT(second));
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 7);
	assert_span(task_titled(d, "chairs").assignee_name, "bert");
	assert_int_equal(task_titled(d, "chairs").due_date.day, 8);
	assert_int_equal(task_titled(d, "bank").due_date.year, 2027);
	assert_int_equal(task_titled(d, "green door").id, task_titled(d, "door").id);

	/* Not a reply, but the same subject some days later. */
	minutes(d, "m3@example.org", "Minutes 20 November (corrected)", NULL, second,
		ARRAY_COUNT(second));
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 7);
	/* What was done meanwhile is not to be done again because the minutes are corrected. */
	struct task done = task_titled(d, "chairs");
	done.state = SPAN("done");
	fixture_begin(&d->store, "task done");
	must(&d->store, task_edit(&d->store.operation, &done, &d->store.err));
	fixture_commit(&d->store);
	minutes(d, "m3b@example.org", "Re: Minutes 20 November", "m2@example.org", second,
		ARRAY_COUNT(second));
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 7);
	minutes(d, "m3c@example.org", "Minutes 20 November (final)", NULL, second, 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 7);
	assert_span(task_titled(d, "chairs").state, "done");
	/* Another meeting's line is another task. */
	minutes(d, "m4@example.org", "Minutes 27 November", NULL, second + 3, 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 8);
	/* Two like lines are two tasks, once. */
	static const struct facts_action twice[] = {
		{SPAN_INIT(PREFIX " call a customer"), {0}, {0}},
		{SPAN_INIT(PREFIX " call a customer"), {0}, {0}},
	};
	for (int i = 0; i < 2; i++)
		minutes(d, "m5@example.org", "Minutes 4 December", NULL, twice, 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 10);
	/* Minutes without a line are filed and say so. */
	message = minutes(d, "m6@example.org", "Minutes without", NULL, NULL, 0);
	assert_string_equal(desk_state(d, message), "filed");
	assert_non_null(strstr(desk_rule(d, message), "no-actions"));
}

/* The same form as sites write it: what the lead becomes must not differ. */
static void test_form_layouts(void **state)
{
	struct desk *d = *state;
	static const char *const layouts[] = {
		"Your name: Nora Berg\nE-Mail: nora@form%zu.example\nCompany: Berg GmbH\n",
		"*Your name*: Nora Berg\n*E-Mail*: nora@form%zu.example\n*Company*: Berg GmbH\n",
		"Your name\tNora Berg\nE-Mail\tnora@form%zu.example\nCompany\tBerg GmbH\n",
		"Your name:\tNora Berg\nE-Mail:\tnora@form%zu.example\nCompany:\tBerg GmbH\n",
		"| Your name | Nora Berg |\n| E-Mail | nora@form%zu.example |\n| Company | Berg "
		"GmbH "
		"|\n",
		"Your name\nNora Berg\n\nE-Mail\nnora@form%zu.example\n\nCompany\nBerg GmbH\n",
		"YOUR NAME :\nNora Berg\ne-mail :\n<nora@form%zu.example>\ncompany : Berg GmbH\n",
		"> Your name: Nora Berg\n> E-Mail: nora@form%zu.example "
		"<mailto:nora@form.example>\n> Company: Berg GmbH\n",
		"Message: We need\ntwo ladders.\n\nYour name: Nora Berg\nE-Mail: "
		"nora@form%zu.example\nCompany: Berg GmbH\n-- \nSent by the form of "
		"https://web.example/\n",
	};
	for (size_t i = 0; i < ARRAY_COUNT(layouts); i++) {
		char text[400], sql[240], id[32];
		snprintf(text, sizeof text, layouts[i], i);
		snprintf(id, sizeof id, "layout%zu@example.org", i);
		struct letter form = {.id = id,
			.from = "web@example.org",
			.to = "leads@example.org",
			.subject = id,
			.text = text,
			.origin = ORIGIN_SYSTEM};
		assert_string_equal(desk_state(d, desk_post(d, "leads", &form)), "filed");
		snprintf(sql, sizeof sql,
			"SELECT count(*) FROM deal d JOIN contact c ON c.id = d.contact_id JOIN "
			"contact_address a ON a.contact_id = c.id WHERE d.name = 'Berg GmbH' AND "
			"c.name = 'Nora Berg' AND a.address_folded = 'nora@form%zu.example'",
			i);
		if (desk_count(d, sql) != 1)
			fail_msg("%s", text);
	}
	/* A letter that happens to use one of the words is none. */
	struct letter letter = {.id = "letter@far.example",
		.from = "web@example.org",
		.to = "leads@example.org",
		.subject = "letter",
		.text = "Company\nOutside, the weather is fine.\n",
		.origin = ORIGIN_SYSTEM};
	assert_string_equal(desk_state(d, desk_post(d, "leads", &letter)), "ignored");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_lead_form),
		desk_test(test_form_layouts),
		desk_test(test_lead_owners),
		desk_test(test_lead_turns),
		desk_test(test_lead_known),
		desk_test_asking(test_lead_asks),
		desk_test(test_support),
		desk_test(test_actions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
