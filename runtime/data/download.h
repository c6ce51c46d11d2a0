/* download.h: files of data sets fetched from where they are published, checked, and unpacked. */
#ifndef NC_DATA_DOWNLOAD_H
#define NC_DATA_DOWNLOAD_H

/* A file that is fetched for a data set. */
struct nc_remote {
    const char *address[2]; /* where it is, without its name; the second one, or NULL, is tried after the first */
    const char *name;       /* "train-images-idx3-ubyte.gz" */
    const char *md5;
    const char *folder; /* a .tar.gz: the folder that all its files are in; NULL: one file, packed by gzip */
};

enum { NC_DOWNLOAD_ERROR = 1024 }; /* bytes of a sentence, its end included */

/* How a download shows that it goes on. */
enum { NC_DOWNLOAD_QUIET, NC_DOWNLOAD_LINES, NC_DOWNLOAD_BAR };

/* Puts the file, and what it unpacks to, into `folder`, which is made if need be. The bytes come to NAME.part, by the
 * program curl, from where an earlier attempt broke off; the file has its name, and what is in it is unpacked, only
 * when its sum is right. What is there already is not fetched again. One program at a time does this in a folder; a
 * second one waits. Where the environment has NETC_MIRROR, an address, the file is fetched from NETC_MIRROR/KIND/NAME
 * alone. Returns 1, or 0 with a sentence. Where the system cannot tell what is there the program ends (nc_is_there). */
struct nc_run;
int nc_download_file(const struct nc_run *run, const struct nc_remote *file, const char *kind, const char *folder,
                     int show, char error[NC_DOWNLOAD_ERROR]);

#endif
