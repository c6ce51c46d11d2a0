/* events.h: TensorBoard event files: records of one serialised Event each, framed by lengths and checksums
 * (tensorboard/summary/writer/record_writer.py, event_file_writer.py). */
#ifndef NC_LOG_EVENTS_H
#define NC_LOG_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "netc.h"

/* CRC-32C (Castagnoli; reflected polynomial 0x82f63b78). */
uint32_t nc_crc32c(const void *bytes, size_t size);

/* A CRC as record_writer.py stores it: turned by 15 bits, plus a constant. */
uint32_t nc_masked_crc32c(const void *bytes, size_t size);

/* Where one record is put together: the frame and an event. All zeros at first; it grows. free(bytes). */
enum { NC_EVENT_FRAME = 16 };
struct nc_event_record {
    unsigned char *bytes;
    size_t size, capacity;
};

/* Each makes one record; 0, or -1 where there is no memory for it. `time` is in seconds since 1970. */
int nc_event_version(struct nc_event_record *record, double time, long long step); /* the first record of a file */
int nc_event_scalar(struct nc_event_record *record, double time, long long step, const char *tag, double value);

/* A picture: a PNG file of `size` bytes, in colour. */
int nc_event_image(struct nc_event_record *record, double time, long long step, const char *tag, int width, int height,
                   const void *png, size_t size);

/* How values are distributed: counts[i] of them from limits[i - 1] to limits[i]. */
struct nc_histogram {
    double min, max, num, sum, sum_squares;
    const double *limits, *counts; /* [bins] */
    int bins;
};
int nc_event_histogram(struct nc_event_record *record, double time, long long step, const char *tag,
                       const struct nc_histogram *h);

/* A text in Markdown. */
int nc_event_text(struct nc_event_record *record, double time, long long step, const char *tag, const char *text);

/* A graph, as nc_log_graph has it. */
int nc_event_graph(struct nc_event_record *record, double time, const struct nc_node *nodes, int count,
                   const int *edges);

/* What a run was made with, by name: a text, a number, or (flag) whether something is so. */
struct nc_hparam {
    char name[192];
    const char *text; /* NULL: a number */
    double number;
    int flag;
};

/* For the page HParams: the run begins with these; it has ended. */
int nc_event_hparams(struct nc_event_record *record, double time, const struct nc_hparam *list, int count);
int nc_event_hparams_end(struct nc_event_record *record, double time);

/* Hides what older files of the folder have from `step` on. */
int nc_event_restart(struct nc_event_record *record, double time, long long step);

#endif
