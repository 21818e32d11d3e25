#include "cli/resolution.h"

#include "cli/json.h"
#include "store/message.h"

/* ---------------------------------------------------------------- items */

static json_t *candidates_json(struct span text)
{
	json_t *value = text.size ? json_loadb(text.data, text.size, 0, NULL) : NULL;

	return value ? value : json_array();
}

static json_t *item_json(struct cli *cli, const struct unresolved *item)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(item->id));
	json_object_set_new(object, "reason", json_span(item->reason));
	json_object_set_new(object, "address", json_span_or_null(item->address));
	json_object_set_new(object, "name", json_span_or_null(item->name));
	json_object_set_new(object, "role", json_span_or_null(item->role));
	json_object_set_new(object, "detail", json_span_or_null(item->detail));
	json_object_set_new(object, "message", json_id(item->message_id));
	json_object_set_new(object, "state", json_span(item->state));
	json_object_set_new(object, "outcome", json_span_or_null(item->outcome));
	json_object_set_new(object, "operation", json_id(item->operation_id));
	json_object_set_new(object, "since", cli_time(cli, item->created_ms));
	json_object_set_new(
		object, "age_days", json_integer((cli->now_ms - item->created_ms) / 86400000));
	json_object_set_new(object, "candidates", candidates_json(item->candidates));
	return object;
}

/* The mail that an item is about: its subject tells a person more than its number. */
static bool subject_add(
	struct cli *cli, const struct unresolved *item, json_t *object, struct error *err)
{
	struct message_row message;
	bool found = false;

	if (item->message_id &&
		!message_get(cli->db, item->message_id, &cli->arena, &message, &found, err))
		return false;
	json_object_set_new(
		object, "subject", found ? json_span_or_null(message.subject) : json_null());
	return true;
}

bool resolution_item_json(
	struct cli *cli, const struct unresolved *item, json_t **object, struct error *err)
{
	*object = item_json(cli, item);
	if (subject_add(cli, item, *object, err))
		return true;
	json_decref(*object);
	return false;
}

/* ---------------------------------------------------------------- what is touched */

static const struct column touched_columns[] = {
	{"item", "item", COLUMN_ID},
	{"address", "address", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"what", "becomes", COLUMN_TEXT},
};

json_t *resolution_json(const struct resolve_result *result)
{
	json_t *object = json_object(), *array = json_array();

	for (size_t i = 0; i < result->touched_count; i++) {
		const struct resolve_touched *touched = &result->touched[i];
		json_t *one = json_object();

		json_object_set_new(one, "item", json_integer(touched->item_id));
		json_object_set_new(one, "message", json_id(touched->message_id));
		json_object_set_new(one, "address", json_span_or_null(touched->address));
		json_object_set_new(one, "subject", json_span_or_null(touched->subject));
		json_object_set_new(one, "what", json_span_or_null(touched->what));
		json_array_append_new(array, one);
	}
	json_object_set_new(object, "settled", json_integer(result->settled));
	json_object_set_new(object, "contact", json_id(result->contact_id));
	json_object_set_new(object, "company", json_id(result->company_id));
	json_object_set_new(object, "touched", array);
	return object;
}

void resolution_print(struct cli *cli, const json_t *touched, size_t shown_max)
{
	json_t *shown = json_array();
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)touched, i, one)
	{
		if (i < shown_max)
			json_array_append(shown, one);
	}
	output_section(
		&cli->output, "Touched", shown, touched_columns, ARRAY_COUNT(touched_columns));
	if (json_array_size(touched) > shown_max)
		output_line(&cli->output, "… and %zu more", json_array_size(touched) - shown_max);
	json_decref(shown);
}
