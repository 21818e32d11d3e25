#include "cli/pick.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/alias.h"

/* So many are looked through for a name, and so many are listed when it means several. */
#define PICK_MAX  10000
#define PICK_SHOW 20

static const struct db_page all = {.limit = PICK_MAX};

bool pick_id(const char *word, int64_t *id)
{
	unsigned long long number;

	if (*word == '#')
		word++;
	if (!span_to_u64(span_from(word), INT64_MAX, &number) || number == 0)
		return false;
	*id = (int64_t)number;
	return true;
}

/* A thing that a word may mean. */
struct candidate {
	int64_t id;
	struct span name, beside; /* beside: what tells two of one name apart */
	size_t index;		  /* in the list that it came from */
};

struct candidates {
	struct candidate *items;
	size_t count, capacity;
};

static void candidates_room(struct candidates *list, struct arena *arena, size_t capacity)
{
	list->items = arena_array(arena, struct candidate, capacity + 1);
	list->capacity = capacity;
	list->count = 0;
}

static void candidates_add(
	struct candidates *list, int64_t id, struct span name, struct span beside, size_t index)
{
	if (list->count < list->capacity)
		list->items[list->count++] = (struct candidate){id, name, beside, index};
}

/* Keeps those whose name is the word, or where there is none, contains it. */
static void candidates_narrow(struct candidates *list, struct arena *arena, const char *word)
{
	struct span wanted = text_fold(arena, span_from(word));
	size_t exact = 0, partly = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct span folded = text_fold(arena, list->items[i].name);

		if (span_equal(folded, wanted)) {
			struct candidate found = list->items[i];

			list->items[i] = list->items[exact];
			list->items[exact++] = found;
		}
	}
	if (exact > 0) {
		list->count = exact;
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (span_find(text_fold(arena, list->items[i].name), wanted) >= 0)
			list->items[partly++] = list->items[i];
	}
	list->count = partly;
}

/* noun: as the commands have it, or with an adjective before it ("open task") */
static enum exit_code not_found(const char *noun, const char *word)
{
	const char *space = strrchr(noun, ' ');

	return cli_not_found(
		"there is no %s `%s`; see: postroom %s list", noun, word, space ? space + 1 : noun);
}

/* One is the answer; none and several are said. */
static enum exit_code candidates_decide(
	const struct candidates *list, const char *noun, const char *word, size_t *index)
{
	if (list->count == 0)
		return not_found(noun, word);
	if (list->count == 1) {
		*index = list->items[0].index;
		return EXIT_DONE;
	}
	message_print("`%s` may mean any of %zu; give more of the name, or the number:", word,
		list->count);
	for (size_t i = 0; i < list->count && i < PICK_SHOW; i++)
		message_print("  #%" PRId64 "  %.*s%s%.*s", list->items[i].id,
			SPAN_ARG(list->items[i].name), list->items[i].beside.size ? "  " : "",
			SPAN_ARG(list->items[i].beside));
	if (list->count > PICK_SHOW)
		message_print("  … and %zu more", list->count - PICK_SHOW);
	return EXIT_USAGE;
}

/* Whose other name it is, when it is nobody's own. */
static enum exit_code pick_alias(
	struct cli *cli, enum alias_of of, const char *noun, const char *word, int64_t *id)
{
	struct span folded = text_fold(&cli->arena, span_from(word));
	struct candidates list;
	struct alias *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;

	if (!alias_find(cli->db, of, folded, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++)
		candidates_add(&list, rows[i].owner_id, rows[i].name, (struct span){0}, i);
	candidates_narrow(&list, &cli->arena, word);
	/* Two names of one. */
	while (list.count > 1 && list.items[list.count - 1].id == list.items[0].id)
		list.count--;
	code = candidates_decide(&list, noun, word, &index);
	*id = code == EXIT_DONE ? rows[index].owner_id : 0;
	return code;
}

/* ---------------------------------------------------------------- contacts */

static enum exit_code contact_by_id(
	struct cli *cli, int64_t id, const char *word, struct contact *contact)
{
	struct error err;
	bool found;

	if (!contact_get(cli->db, id, &cli->arena, contact, &found, &err))
		return cli_fail(&err);
	return found ? EXIT_DONE : not_found("contact", word);
}

enum exit_code pick_contact(struct cli *cli, const char *word, struct contact *contact)
{
	struct span folded = text_fold(&cli->arena, span_from(word));
	struct candidates list;
	struct contact *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;
	bool learnt;
	int64_t id;

	if (pick_id(word, &id))
		return contact_by_id(cli, id, word, contact);
	if (strchr(word, '@')) {
		if (!contact_by_address(cli->db, text_fold_address(&cli->arena, span_from(word)),
			    &id, &learnt, &err))
			return cli_fail(&err);
		return id ? contact_by_id(cli, id, word, contact)
			  : cli_not_found("no contact has the address %s", word);
	}
	if (!contact_list(cli->db, folded, all, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++)
		candidates_add(&list, rows[i].id, rows[i].name, rows[i].company_name, i);
	candidates_narrow(&list, &cli->arena, word);
	if (list.count == 0) {
		code = pick_alias(cli, ALIAS_OF_CONTACT, "contact", word, &id);
		return code == EXIT_DONE ? contact_by_id(cli, id, word, contact) : code;
	}
	code = candidates_decide(&list, "contact", word, &index);
	if (code == EXIT_DONE)
		*contact = rows[index];
	return code;
}

/* ---------------------------------------------------------------- companies */

static enum exit_code company_by_id(
	struct cli *cli, int64_t id, const char *word, struct company *company)
{
	struct error err;
	bool found;

	if (!company_get(cli->db, id, &cli->arena, company, &found, &err))
		return cli_fail(&err);
	return found ? EXIT_DONE : not_found("company", word);
}

enum exit_code pick_company(struct cli *cli, const char *word, struct company *company)
{
	struct span folded = text_fold(&cli->arena, span_from(word));
	struct candidates list;
	struct company *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;
	int64_t id;

	if (pick_id(word, &id))
		return company_by_id(cli, id, word, company);
	if (!company_list(cli->db, folded, all, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++)
		candidates_add(&list, rows[i].id, rows[i].name, rows[i].role, i);
	candidates_narrow(&list, &cli->arena, word);
	if (list.count == 0 && strchr(word, '.')) {
		if (!company_by_domain(cli->db, folded, &id, &err))
			return cli_fail(&err);
		if (id)
			return company_by_id(cli, id, word, company);
	}
	if (list.count == 0) {
		code = pick_alias(cli, ALIAS_OF_COMPANY, "company", word, &id);
		return code == EXIT_DONE ? company_by_id(cli, id, word, company) : code;
	}
	code = candidates_decide(&list, "company", word, &index);
	if (code == EXIT_DONE)
		*company = rows[index];
	return code;
}

/* ---------------------------------------------------------------- users, mailboxes */

enum exit_code pick_user(struct cli *cli, const char *word, struct user_row *user)
{
	struct span address = text_fold_address(&cli->arena, span_from(word));
	const struct config_user *configured = NULL;
	struct candidates list;
	struct user_row *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;
	const char *name = word;

	*user = (struct user_row){0};
	if (!*word || strcmp(word, "nobody") == 0)
		return EXIT_DONE;
	if (address.size)
		configured = config_user_by_address(cli->config, address);
	if (configured)
		name = configured->name;
	if (!user_list(cli->db, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].name, span_from(name))) {
			*user = rows[i];
			return EXIT_DONE;
		}
		candidates_add(&list, rows[i].id,
			rows[i].full_name.size ? rows[i].full_name : rows[i].name, rows[i].name, i);
	}
	candidates_narrow(&list, &cli->arena, name);
	code = candidates_decide(&list, "user", word, &index);
	if (code == EXIT_DONE)
		*user = rows[index];
	return code;
}

enum exit_code pick_mailbox(
	struct cli *cli, const char *name, const struct config_mailbox **mailbox)
{
	struct span folded = text_fold_address(&cli->arena, span_from(name));

	*mailbox = config_mailbox(cli->config, name);
	if (*mailbox)
		return EXIT_DONE;
	for (size_t i = 0; folded.size && i < cli->config->mailbox_count; i++) {
		const struct config_mailbox *one = &cli->config->mailboxes[i];

		for (size_t j = 0; j < one->addresses.count; j++) {
			struct span address = span_from(one->addresses.items[j]);

			if (span_equal(text_fold_address(&cli->arena, address), folded)) {
				*mailbox = one;
				return EXIT_DONE;
			}
		}
	}
	message_print("there is no mailbox `%s`; %s has:", name, cli->config->path);
	for (size_t i = 0; i < cli->config->mailbox_count; i++)
		message_print("  %s", cli->config->mailboxes[i].name);
	return EXIT_NOT_FOUND;
}

/* ---------------------------------------------------------------- messages, items */

enum exit_code pick_message(struct cli *cli, const char *word, struct message_row *message)
{
	struct span message_id = span_from(word);
	struct error err;
	bool found = false;
	int64_t id = 0;

	if (!pick_id(word, &id)) {
		if (span_starts(message_id, SPAN("<")) && span_ends(message_id, SPAN(">")))
			message_id = span_part(message_id, 1, message_id.size - 2);
		if (!message_by_message_id(cli->db, message_id, &id, &err))
			return cli_fail(&err);
	}
	if (id && !message_get(cli->db, id, &cli->arena, message, &found, &err))
		return cli_fail(&err);
	return found ? EXIT_DONE : not_found("message", word);
}

static bool same_question(const struct unresolved *one, const struct unresolved *other)
{
	return span_equal(one->reason, other->reason) && span_equal(one->address, other->address);
}

/* By the name or its part. Items of one address are one question: the oldest stands for them. */
static enum exit_code item_by_name(struct cli *cli, const char *word, struct unresolved *item)
{
	struct unresolved_filter filter = {.page = all};
	struct candidates list;
	struct unresolved *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;

	if (!unresolved_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++) {
		bool again = false;

		for (size_t j = 0; j < list.count && !again; j++)
			again = same_question(&rows[list.items[j].index], &rows[i]);
		if (rows[i].name.size && !again)
			candidates_add(&list, rows[i].id, rows[i].name, rows[i].address, i);
	}
	candidates_narrow(&list, &cli->arena, word);
	if (list.count == 0)
		return cli_not_found("nothing waits for `%s`; see: postroom unresolved list", word);
	code = candidates_decide(&list, "item", word, &index);
	if (code == EXIT_DONE)
		*item = rows[index];
	return code;
}

enum exit_code pick_item(struct cli *cli, const char *word, struct unresolved *item)
{
	struct unresolved_filter filter = {.page = {.limit = 1}};
	struct unresolved *rows;
	struct error err;
	size_t count;
	bool found;
	int64_t id;

	if (pick_id(word, &id)) {
		if (!unresolved_get(cli->db, id, &cli->arena, item, &found, &err))
			return cli_fail(&err);
		return found ? EXIT_DONE
			     : cli_not_found("there is no item `%s`; see: postroom unresolved list",
				       word);
	}
	filter.address_folded = text_fold_address(&cli->arena, span_from(word));
	if (span_is_empty(filter.address_folded))
		return item_by_name(cli, word, item);
	if (!unresolved_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	if (count == 0)
		return cli_not_found("nothing waits for %s", word);
	*item = rows[0];
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- tickets, tasks, cases, deals */

enum exit_code pick_ticket(struct cli *cli, const char *word, struct ticket *ticket)
{
	struct ticket_filter filter = {.page = all};
	bool found, is_number = false;
	struct candidates list;
	struct ticket *rows;
	struct error err;
	size_t count, index = 0;
	enum exit_code code;
	int64_t id;

	if (pick_id(word, &id)) {
		if (!ticket_get(cli->db, id, &cli->arena, ticket, &found, &err))
			return cli_fail(&err);
		if (found)
			return EXIT_DONE;
		/* A bare number may be the invoice's, but no part of a title. */
		is_number = true;
	}
	if (!ticket_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].number.size && span_equal_fold(rows[i].number, span_from(word)))
			candidates_add(&list, rows[i].id, rows[i].title, rows[i].state, i);
	}
	if (list.count == 0 && !is_number) {
		for (size_t i = 0; i < count; i++)
			candidates_add(&list, rows[i].id, rows[i].title, rows[i].state, i);
		candidates_narrow(&list, &cli->arena, word);
	}
	code = candidates_decide(&list, "ticket", word, &index);
	if (code == EXIT_DONE)
		*ticket = rows[index];
	return code;
}

/* ---------------------------------------------------------------- nouns found by id or name */

/* What is the same for all of them is in pick_by. */
struct picker {
	const char *noun;
	size_t row_bytes;
	bool (*get)(struct db *db, int64_t id, struct arena *arena, void *row, bool *found,
		struct error *err);
	bool (*list)(
		struct cli *cli, const char *word, void **rows, size_t *count, struct error *err);
	void (*describe)(const void *row, struct candidate *candidate); /* id, name, beside */
};

static enum exit_code pick_by(
	struct cli *cli, const struct picker *picker, const char *word, void *row)
{
	struct candidate candidate = {0};
	struct candidates list;
	enum exit_code code;
	struct error err;
	size_t count, index = 0;
	bool found;
	int64_t id;
	void *rows;

	if (pick_id(word, &id)) {
		if (!picker->get(cli->db, id, &cli->arena, row, &found, &err))
			return cli_fail(&err);
		return found ? EXIT_DONE : not_found(picker->noun, word);
	}
	if (!picker->list(cli, word, &rows, &count, &err))
		return cli_fail(&err);
	candidates_room(&list, &cli->arena, count);
	for (size_t i = 0; i < count; i++) {
		picker->describe((const char *)rows + i * picker->row_bytes, &candidate);
		candidates_add(&list, candidate.id, candidate.name, candidate.beside, i);
	}
	candidates_narrow(&list, &cli->arena, word);
	code = candidates_decide(&list, picker->noun, word, &index);
	if (code == EXIT_DONE)
		memcpy(row, (const char *)rows + index * picker->row_bytes, picker->row_bytes);
	return code;
}

/* Functions of one noun with the types of struct picker. */
#define PICKER(type, noun_get, noun_list, name_field, beside_field)                               \
	static bool type##_get_any(struct db *db, int64_t id, struct arena *arena, void *row,     \
		bool *found, struct error *err)                                                   \
	{                                                                                         \
		return noun_get(db, id, arena, row, found, err);                                  \
	}                                                                                         \
	static bool type##_list_any(                                                              \
		struct cli *cli, const char *word, void **rows, size_t *count, struct error *err) \
	{                                                                                         \
		struct type *typed = NULL;                                                        \
		bool ok = noun_list(cli, word, &typed, count, err);                               \
                                                                                                  \
		*rows = typed;                                                                    \
		return ok;                                                                        \
	}                                                                                         \
	static void type##_describe(const void *row, struct candidate *candidate)                 \
	{                                                                                         \
		const struct type *typed = row;                                                   \
                                                                                                  \
		*candidate = (struct candidate){.id = typed->id,                                  \
			.name = typed->name_field,                                                \
			.beside = typed->beside_field};                                           \
	}

static bool tasks_open(
	struct cli *cli, const char *word, struct task **rows, size_t *count, struct error *err)
{
	struct task_filter filter = {.state = SPAN("open"),
		.title_part_folded = text_fold(&cli->arena, span_from(word)),
		.page = all};

	return task_list(cli->db, &filter, &cli->arena, rows, count, err);
}

static bool cases_all(struct cli *cli, const char *word UNUSED, struct support_case **rows,
	size_t *count, struct error *err)
{
	return case_list(cli->db, (struct span){0}, all, &cli->arena, rows, count, err);
}

static bool deals_all(struct cli *cli, const char *word UNUSED, struct deal **rows, size_t *count,
	struct error *err)
{
	return deal_list(
		cli->db, &(struct deal_filter){.page = all}, &cli->arena, rows, count, err);
}

static bool articles_with(
	struct cli *cli, const char *word, struct article **rows, size_t *count, struct error *err)
{
	return article_list(cli->db, text_fold(&cli->arena, span_from(word)), 0, all, &cli->arena,
		rows, count, err);
}

static bool projects_all(struct cli *cli, const char *word UNUSED, struct project **rows,
	size_t *count, struct error *err)
{
	return project_list(
		cli->db, &(struct project_filter){.page = all}, &cli->arena, rows, count, err);
}

PICKER(task, task_get, tasks_open, title, assignee_name)
PICKER(support_case, case_get, cases_all, subject, state)
PICKER(deal, deal_get, deals_all, name, contact_name)
PICKER(article, article_get, articles_with, title, author_name)
PICKER(project, project_get, projects_all, name, deal_name)

#define PICK_FUNCTION(function, type, words)                                                   \
	enum exit_code function(struct cli *cli, const char *word, struct type *row)           \
	{                                                                                      \
		static const struct picker picker = {                                          \
			words, sizeof *row, type##_get_any, type##_list_any, type##_describe}; \
                                                                                               \
		return pick_by(cli, &picker, word, row);                                       \
	}

PICK_FUNCTION(pick_task, task, "open task")
PICK_FUNCTION(pick_case, support_case, "case")
PICK_FUNCTION(pick_deal, deal, "deal")
PICK_FUNCTION(pick_article, article, "article")
PICK_FUNCTION(pick_project, project, "project")
