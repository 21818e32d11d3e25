/*
 * privacy.h - the verbs of `postroom privacy` that stand in files of their own.
 */
#ifndef CLI_PRIVACY_H
#define CLI_PRIVACY_H

#include "cli/cli.h"
#include "store/person.h"

enum exit_code privacy_run_export(struct cli *cli);
enum exit_code privacy_run_erase(struct cli *cli);

/*
 * The person that the word means: a contact by id, name or address, or an address in mail that is
 * no contact's. EXIT_DONE, or the exit code after its message.
 */
MUST_CHECK enum exit_code privacy_pick(struct cli *cli, const char *word, struct person *person);

#endif
