/* parts.h: what statements beside `log` write into a log's event file. */
#ifndef NC_LOG_PARTS_H
#define NC_LOG_PARTS_H

#include "core.h"
#include "events.h"

/* Adds one to the run's log, behind those that are there. */
void nc_log_add(struct nc_run *run, struct nc_log_part *part);

/* Where an event is put together; NULL: the log has been given up. */
struct nc_event_record *nc_log_record(struct nc_run *run);

/* Writes it; made: whether that went well, as the functions of events.h return it. */
void nc_log_write(struct nc_run *run, int made);

/* What the run was made with, [*count], by the names of --set; free() it. Adds that to the log (hparams.c). */
struct nc_hparam *nc_log_settings(struct nc_run *run, int *count);
void nc_log_hparams(struct nc_run *run);

/* Adds the record of the run (record.c). */
void nc_log_record_of_run(struct nc_run *run);

double nc_log_time(void); /* seconds since 1970 */

#endif
