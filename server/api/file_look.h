/* file_look.h - what an upload is, once all of it is here: beside the loop and the writer it is read, hashed
 * and scanned, then the writer keeps it or not. The last steps of whoever finds it complete. */
#ifndef FILE_LOOK_H
#define FILE_LOOK_H

struct action;
struct api;
struct db;

int file_look(struct action *, struct db *);    /* step IN_FILE_POOL                                 */
int file_judge(struct action *, struct db *);   /* step ON_WRITER                                    */

/* The program that scans, if one is named, can be run: 0, or -errno, which is logged. */
int file_scan_check(const struct api *);

#endif
