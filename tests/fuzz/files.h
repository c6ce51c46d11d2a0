/* files.h: what the kinds of files share. An input is a byte, which says what else is varied, and a file. */
#ifndef TESTS_FUZZ_FILES_H
#define TESTS_FUZZ_FILES_H

#include "internal.h"

struct input {
    int variant;
    const unsigned char *bytes; /* of the file, in memory of its own size */
    size_t size;
};

/* Inside a try: the runtime finds these bytes where it maps a file whose path ends so. They are forgotten between
 * tries. */
void offer(const char *name, const unsigned char *bytes, size_t size);
void forget_offers(void);

/* Before the first try: makes the scratch folder, and loads the libraries that the runtime loads when it needs them, so
 * that what the loader keeps of them is no try's. */
void prepare_files(void);

/* A real file or folder in the scratch folder; the path of one. */
void write_scratch(const char *name, const unsigned char *bytes, size_t size);
void make_scratch_folder(const char *name);
const char *in_scratch(const char *name);

/* The kinds: each function tries one input. */
struct kind {
    const char *name;
    int megabytes; /* that it may hold at once */
    void (*prepare)(void); /* before the first try, of what stays; or NULL */
    void (*function)(const struct input *input);
};
extern const struct kind array_kinds[], picture_kinds[], store_kinds[]; /* each ends with a nameless one */

/* A zip file of stored records, as torch and numpy write it, with the right sums; freed by the caller. */
struct record {
    const char *name;
    const unsigned char *bytes;
    size_t size;
};
unsigned char *zip_of(const struct record *records, int count, size_t *size);

/* A gzip file; freed by the caller. */
unsigned char *gzip_of(const unsigned char *bytes, size_t size, size_t *packed);

#endif
