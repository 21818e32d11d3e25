-- Which invoice a credit note is for, as the document says: the invoice may come after it.
ALTER TABLE ticket ADD COLUMN preceding {text};
ALTER TABLE ticket ADD COLUMN preceding_folded {text};
CREATE INDEX ticket_by_preceding ON ticket (preceding_folded) WHERE preceding_folded IS NOT NULL;
