"""The register's way in: a file is read, held against the register, shown, and taken in whole or not at all.

One road for pages and shell::

    content ── reading.read ──> Reading ── plan.make_plan ──> Plan ── apply.take_in ──> the register
               (a module          records    (reads the         new, changed,   (plans again, in one
               a format)          failures    register only)    same, refused    transaction)

A `Reading` accounts for everything in the file: the records in it are those that were read and those that were not, each of
which says its line, its field, what is wrong and what to do. A format is one module with a `Reader`, named in `reading.READERS`.

What an import never does: it empties no field that the file leaves out, it changes no filled field to another value unless the
person says so, it takes nothing away, and it moves a gap only as `gaps.status` allows. So the same file can be taken in twice;
the second time changes nothing.
"""
