/*
 * deal_contract.c - the documents of a deal: where the signed contract comes from, and getting a
 * kept file back.
 */
#include <inttypes.h>
#include <string.h>

#include "base/compress.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/deal.h"
#include "cli/file.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "store/document.h"

/* A contract is some pages; what is larger belongs where files are kept, and here its link. */
#define CONTRACT_MAX_BYTES ((size_t)32 << 20)

struct contract_source {
	struct document document;
	struct buffer frame; /* of a file's bytes, empty otherwise */
};

/* ---------------------------------------------------------------- the three ways */

static enum exit_code from_file(struct cli *cli, const char *path, struct contract_source *source)
{
	struct buffer bytes CLEANUP(buffer_done) = {0};
	const char *name = strrchr(path, '/');
	struct error err;

	if (!file_read(path, CONTRACT_MAX_BYTES, &bytes, &err)) {
		(void)error_context(&err, "%s", path);
		return cli_fail(&err);
	}
	if (bytes.size == 0) {
		message_print("%s is empty", path);
		return EXIT_INPUT;
	}
	source->document.title = text_clean(&cli->arena, span_from(name ? name + 1 : path));
	source->document.sha256 = digest_of(buffer_span(&bytes));
	source->document.content_type = span_ends_fold(source->document.title, SPAN(".pdf"))
						? SPAN("application/pdf")
						: SPAN("application/octet-stream");
	compress_append(&source->frame, buffer_span(&bytes));
	return EXIT_DONE;
}

static enum exit_code from_link(
	struct cli *cli UNUSED, const char *url, struct contract_source *source)
{
	struct span link = span_from(url);

	if (!span_starts(link, SPAN("https://")) && !span_starts(link, SPAN("http://"))) {
		message_print("`%s` is no link; it begins with https://", url);
		return EXIT_INPUT;
	}
	source->document.title = link;
	source->document.link = link;
	source->document.sha256 = digest_of(link);
	source->document.content_type = SPAN("text/uri-list");
	return EXIT_DONE;
}

static bool is_pdf(const struct message_attachment *attachment)
{
	return span_equal(attachment->content_type, SPAN("application/pdf")) ||
	       span_ends_fold(attachment->filename, SPAN(".pdf"));
}

/* The one that is named; else the only one, or the only PDF. NULL: that is not certain. */
static const struct message_attachment *attachment_choose(
	const struct message_attachment *rows, size_t count, struct span wanted)
{
	const struct message_attachment *any = NULL, *pdf = NULL, *named = NULL;
	size_t any_count = 0, pdf_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (wanted.size && span_equal_fold(rows[i].filename, wanted))
			named = &rows[i];
		if (rows[i].decorative || !rows[i].size_bytes)
			continue;
		any = &rows[i];
		any_count++;
		if (is_pdf(&rows[i])) {
			pdf = &rows[i];
			pdf_count++;
		}
	}
	if (wanted.size)
		return named;
	return any_count == 1 ? any : pdf_count == 1 ? pdf : NULL;
}

static enum exit_code from_message(
	struct cli *cli, const char *word, struct contract_source *source)
{
	const struct message_attachment *chosen;
	struct message_attachment *rows;
	struct message_row message;
	enum exit_code code = pick_message(cli, word, &message);
	struct error err;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!message_attachments(cli->db, message.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	chosen = attachment_choose(rows, count, span_from(cli_option(cli, "attachment")));
	if (!chosen) {
		message_print("message %" PRId64 "%s; choose with --attachment NAME:", message.id,
			cli_option(cli, "attachment") ? " has no such file"
						      : " shows not which file is the contract");
		for (size_t i = 0; i < count; i++)
			message_print("  %.*s", SPAN_ARG(rows[i].filename));
		return EXIT_USAGE;
	}
	source->document.title = chosen->filename.size ? chosen->filename : chosen->content_type;
	source->document.content_type = chosen->content_type;
	source->document.sha256 = chosen->sha256;
	source->document.message_id = message.id;
	return EXIT_DONE;
}

enum exit_code contract_read(struct cli *cli, struct contract_source **source, bool *given)
{
	const char *file = cli_option(cli, "file"), *link = cli_option(cli, "link"),
		   *message = cli_option(cli, "message");

	*source = NULL;
	*given = file || link || message;
	if ((file != NULL) + (link != NULL) + (message != NULL) > 1)
		return cli_usage("give one of --file, --link and --message");
	if (!*given)
		return EXIT_DONE;
	*source = arena_array(&cli->arena, struct contract_source, 1);
	(*source)->document.kind = SPAN("contract");
	return file   ? from_file(cli, file, *source)
	       : link ? from_link(cli, link, *source)
		      : from_message(cli, message, *source);
}

bool contract_add(struct operation *operation, const struct contract_source *source,
	int64_t deal_id, bool is_signed, struct error *err)
{
	struct document document = source->document;
	int64_t id;
	bool added;

	document.deal_id = deal_id;
	document.is_signed = is_signed;
	if (source->frame.size &&
		!document_keep(operation->db, &document.sha256, buffer_span(&source->frame), err))
		return false;
	if (!document_add(operation, &document, &id, &added, err))
		return false;
	return added || !is_signed || document_sign(operation, id, err);
}

/* ---------------------------------------------------------------- verbs */

enum exit_code deal_run_contract(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct contract_source *source = NULL;
	struct operation operation;
	struct deal deal;
	struct error err;
	bool given = false, good;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code == EXIT_DONE)
		code = contract_read(cli, &source, &given);
	if (code == EXIT_DONE && !given)
		code = cli_usage(
			"say where the contract is: --message MESSAGE, --file FILE or --link "
			"URL");
	if (code == EXIT_DONE && !change_begin(cli, deal.name, &operation, &err))
		code = cli_fail(&err);
	if (code != EXIT_DONE)
		goto done;
	good = contract_add(&operation, source, deal.id, !cli_flag(cli, "unsigned"), &err);
	if (!change_end(cli, &operation, good, &err)) {
		code = cli_fail(&err);
		goto done;
	}
	change_report(cli, operation.id, deal_changed_json(cli, deal.id),
		"deal #%" PRId64 " has the %scontract %.*s", deal.id,
		cli_flag(cli, "unsigned") ? "" : "signed ", SPAN_ARG(source->document.title));
done:
	contract_free(source);
	return code;
}

void contract_free(struct contract_source *source)
{
	if (source)
		buffer_done(&source->frame);
}

static json_t *document_json(struct cli *cli, const struct document *document)
{
	char sha256[DIGEST_HEX_SIZE];

	digest_hex(&document->sha256, sha256);
	return json_pack("{s:I, s:o, s:o, s:b, s:o, s:o, s:s, s:o}", "id", (json_int_t)document->id,
		"kind", json_span(document->kind), "title", json_span(document->title), "signed",
		document->is_signed, "message", json_id(document->message_id), "link",
		json_span_or_null(document->link), "sha256", sha256, "added",
		cli_time(cli, document->created_ms));
}

json_t *deal_documents_json(struct cli *cli, int64_t deal_id, struct error *err)
{
	struct document *rows;
	json_t *array;
	size_t count;

	if (!document_list(cli->db, deal_id, &cli->arena, &rows, &count, err))
		return NULL;
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, document_json(cli, &rows[i]));
	return array;
}

/* The first file of the deal that is kept here, to standard output. */
enum exit_code deal_run_document(struct cli *cli)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct buffer bytes CLEANUP(buffer_done) = {0};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct document *rows;
	struct deal deal;
	struct error err;
	size_t count;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code != EXIT_DONE)
		return code;
	if (!document_list(cli->db, deal.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	for (size_t i = 0; i < count && !frame.size; i++)
		if (!document_bytes(cli->db, &rows[i].sha256, &frame, &err))
			return cli_fail(&err);
	if (!frame.size)
		return cli_not_found("deal #%" PRId64
				     " has no file here; what came by mail: postroom "
				     "message raw MESSAGE",
			deal.id);
	if (!compress_unpack(&bytes, buffer_span(&frame), CONTRACT_MAX_BYTES, &err))
		return cli_fail(&err);
	output_raw(&cli->output, buffer_span(&bytes));
	return EXIT_DONE;
}
