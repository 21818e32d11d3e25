/*
 * contact.h - the verbs of `postroom contact` that change contacts (contact_change.c), take them
 * from files and give them away (contact_import.c), for its table.
 */
#ifndef CLI_CONTACT_H
#define CLI_CONTACT_H

#include "cli/cli.h"

enum exit_code contact_run_add(struct cli *cli);
enum exit_code contact_run_edit(struct cli *cli);
enum exit_code contact_run_address_add(struct cli *cli);
enum exit_code contact_run_address_remove(struct cli *cli);
enum exit_code contact_run_unlearn(struct cli *cli);
enum exit_code contact_run_merge(struct cli *cli);
enum exit_code contact_run_alias_add(struct cli *cli);
enum exit_code contact_run_alias_remove(struct cli *cli);
enum exit_code contact_run_import(struct cli *cli);
enum exit_code contact_run_export(struct cli *cli);

#endif
