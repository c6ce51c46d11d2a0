/* What launchers of MPI say, in the environment, to each process that they start: known from the first line on. */
#ifndef NC_SYSTEM_LAUNCHER_H
#define NC_SYSTEM_LAUNCHER_H

int nc_launched_rank(void);  /* this process's number; 0: there is no launcher */
int nc_launched_count(void); /* how many were started together; 1 */

#endif
