/* zip.h: zip files: records that are stored, written; stored and deflated ones, read (PKWARE's APPNOTE.TXT 6.3).
 *
 * Reading takes a file that is in memory, mapped as a rule: stored records stay where they are. Nothing in the file is
 * believed that another part of it contradicts: the directory is held against the headers in front of the records, the
 * 64-bit sizes against the 32-bit ones, and two records with one name or with bytes in common are refused, since two
 * readers could take such a file for two different ones. */
#ifndef NC_STORE_ZIP_H
#define NC_STORE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- Reading (zip.c) --------------------------------------------------------------------------------------------- */

struct nc_zip_record {
    const char *name; /* in the file's bytes, not terminated */
    size_t length;    /* of the name */
    uint64_t size;    /* of its bytes, */
    uint64_t packed;  /* and of what stands in the file for them */
    uint64_t header;  /* where its header begins, */
    uint64_t begin;   /* and where its bytes begin */
    uint32_t crc;
    unsigned flags, method;
    bool whole;       /* its CRC-32 has been looked at, and is right */
};

struct nc_zip {
    const unsigned char *bytes;
    size_t size;
    struct nc_zip_record *records; /* in the order of the directory */
    struct nc_zip_record **sorted; /* by name */
    size_t count;
    char error[160]; /* what is wrong with the file; "" if nothing */
};

/* Reads the directory of a zip file in memory, which stays. True on success; otherwise `error` tells. nc_zip_close
 * either way. */
bool nc_zip_open(struct nc_zip *zip, const void *bytes, size_t size);
void nc_zip_close(struct nc_zip *zip);

/* The record of this name; NULL if there is none. */
struct nc_zip_record *nc_zip_find(const struct nc_zip *zip, const char *name, size_t length);

/* All bytes of a record: where they lie in the file, or in *inflated, memory that the caller frees (NULL if there is
 * none). NULL when they are damaged: `error` tells. Their CRC-32 is looked at once. */
const unsigned char *nc_zip_bytes(struct nc_zip *zip, struct nc_zip_record *record, unsigned char **inflated);

/* ---- Writing (zip_write.c) --------------------------------------------------------------------------------------- */

struct nc_zip_writer {
    FILE *file;
    uint64_t offset;    /* where the next header will stand */
    FILE *directory;    /* what is to follow the records, */
    char *text;         /* in memory */
    size_t text_size;
    uint64_t count;
};

/* Begins a zip file at the start of an empty file. */
void nc_zip_begin(struct nc_zip_writer *zip, FILE *file);

/* Adds a stored record, whose bytes begin at a multiple of 64 so that they can be mapped, dated 1980 so that equal
 * bytes give equal files. Returns 0, or -1 with errno, as nc_zip_end does. */
int nc_zip_add(struct nc_zip_writer *zip, const char *name, const void *bytes, uint64_t size);

/* Writes the directory. nc_zip_end must be called also when something failed before, and then fails too; the file stays
 * open, and may still hold bytes back. */
int nc_zip_end(struct nc_zip_writer *zip);

#endif
