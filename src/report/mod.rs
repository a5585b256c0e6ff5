//! Published cells in, a document out: pages, sections, findings, tables and charts as data.

pub mod document;
