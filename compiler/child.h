/* Child: another program, run and waited for. */
#ifndef NETC_CHILD_H
#define NETC_CHILD_H

/* Runs a command, whose words NULL ends, and waits for it. Its standard input and output are `in` and `out`; -1: netc's
 * own. Returns its wait status, or -1 with errno where it could not be started. Signals that end netc end it first. */
int child_run(char *const *words, int in, int out);

#endif
