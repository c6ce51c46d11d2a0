/* Child: another program, run and waited for. */
#ifndef NETC_CHILD_H
#define NETC_CHILD_H

#include <stdbool.h>

/* Runs a command, whose words NULL ends, and waits for it. Its standard input and output are `in` and `out`; -1: netc's
 * own. Returns its wait status, or -1 with errno where it could not be started. Signals that end netc end it first. */
int child_run(char *const *words, int in, int out);

/* For a process that works for another one: from now on a child that is run is the first of a group, with all that it
 * starts, and a signal that ends the process kills the group and is then remembered, so that there can be tidied up. */
void child_group(void);

/* Whether such a signal has come. */
bool child_ended(void);

#endif
