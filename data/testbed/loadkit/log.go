package loadkit

import (
	"bufio"
	"compress/gzip"
	"os"
	"sort"
	"strconv"
)

// A Record is one request: three instants in Unix nanoseconds and the protocol's status (0: no answer).
type Record struct {
	Intended, Sent, End int64
	Status              int32
}

// WriteLog writes records as gzipped CSV, in the order of their intended start.
func WriteLog(path string, records []Record) error {
	sort.Slice(records, func(i, j int) bool { return records[i].Intended < records[j].Intended })
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	zip, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(zip)
	out.WriteString("intended_ns,sent_ns,end_ns,status\n")
	line := make([]byte, 0, 80)
	for _, r := range records {
		line = strconv.AppendInt(line[:0], r.Intended, 10)
		line = strconv.AppendInt(append(line, ','), r.Sent, 10)
		line = strconv.AppendInt(append(line, ','), r.End, 10)
		line = strconv.AppendInt(append(line, ','), int64(r.Status), 10)
		out.Write(append(line, '\n'))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return zip.Close()
}
