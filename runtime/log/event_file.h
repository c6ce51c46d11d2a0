/* event_file.h: the files of a log: those of events, which TensorBoard reads while the run goes on, and the table. */
#ifndef NC_LOG_EVENT_FILE_H
#define NC_LOG_EVENT_FILE_H

#include "events.h"
#include "system/draft.h"

struct nc_event_file {
    int file; /* -1: none */
    char path[NC_PATH];
};

/* Makes `folder` and in it events.out.tfevents.TIME.HOST.PID.NUMBER, the first number that is free, with its first
 * record. resume_step: -1, or events from this step on in older files of the folder are hidden. 0, or an errno; then
 * `path` is what could not be made. */
int nc_event_file_open(struct nc_event_file *f, const char *folder, double time, long long resume_step,
                       struct nc_event_record *record);

/* Writes a record at once, whole: whoever reads the file meanwhile sees no half record for long. 0, or an errno. */
int nc_event_file_write(const struct nc_event_file *f, const struct nc_event_record *record);
void nc_event_file_close(struct nc_event_file *f);

/* The machine's name, as it may stand in a file's. */
void nc_host_name(char *host, size_t size);

#endif
