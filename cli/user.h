/*
 * user.h - the verbs of `postroom user` that stand in user_work.c, for its table.
 */
#ifndef CLI_USER_H
#define CLI_USER_H

#include "cli/cli.h"

enum exit_code user_run_absences(struct cli *cli);
enum exit_code user_run_away(struct cli *cli);
enum exit_code user_run_back(struct cli *cli);
enum exit_code user_run_handover(struct cli *cli);
enum exit_code user_run_leave(struct cli *cli);

#endif
