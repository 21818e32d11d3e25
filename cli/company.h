/*
 * company.h - the verbs of `postroom company` that stand in merge.c, for its table, and what both
 * show.
 */
#ifndef CLI_COMPANY_H
#define CLI_COMPANY_H

#include "cli/cli.h"
#include "store/alias.h"

enum exit_code company_run_merge(struct cli *cli);
enum exit_code company_run_alias_add(struct cli *cli);
enum exit_code company_run_alias_remove(struct cli *cli);

/* Other names of the contact or company; the caller owns the reference. */
json_t *alias_names_json(struct cli *cli, enum alias_of of, int64_t owner_id);

#endif
