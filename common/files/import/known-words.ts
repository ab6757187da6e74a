/** Names that columns have in planners' files, by the field's name without its unit. */
export const columnAliases: Record<string, readonly string[]> = {
  x: ['length', 'len', 'Länge', 'Laenge', 'longueur'],
  y: ['width', 'Breite', 'largeur'],
  z: ['height', 'Höhe', 'Hoehe', 'hauteur', 'thickness', 'Dicke', 'épaisseur'],
  weight: ['mass', 'Gewicht', 'poids', 'masse'],
  material: ['Werkstoff', 'matériau', 'matière'],
  complexity: ['Komplexität', 'Komplexitaet', 'complexité', 'Schwierigkeit'],
  process: ['Prozess', 'Verfahren', 'Bearbeitung', 'procédé', 'machining process'],
  part_id: ['part', 'ID', 'Teil', 'pièce', 'réf pièce', 'référence pièce', 'part no', 'part number', 'part nr', 'Teilenummer', 'Teile-Nr.', 'Teil-Nr.', 'Teilenr', 'numéro de pièce'],
  quantity: ['qty', 'pieces', 'pcs', 'Menge', 'Anzahl', 'Stück', 'Stueck', 'Stückzahl', 'Stueckzahl', 'quantité', 'qté', 'order quantity', 'lot size', 'Losgröße', 'Losgroesse', 'Auftragsmenge', 'Sollmenge', 'Bedarfsmenge', 'Stk', 'Anz.', 'Stück/Los', 'order qty', 'ordered quantity', 'quantity ordered', 'qty ordered', 'product qty', 'make qty', 'Fertigungsmenge', 'quantité à fabriquer', 'nombre de pièces'],
  setup: ['setup time', 'set up time', 'Rüstzeit', 'Ruestzeit', 'Rüsten', 'temps de réglage'],
  due: ['due date', 'deadline', 'delivery date', 'required date', 'Lieferdatum', 'Fertigstellungstermin', 'Eckendtermin', 'Liefertermin', 'Termin', 'Fälligkeit', 'fällig', 'Endtermin', 'date de livraison', 'échéance', 'date échéance', 'date d\'échéance', 'date deadline'],
  release: ['release date', 'earliest start', 'Freigabe', 'Freigabetermin', 'Eckstarttermin', 'Starttermin', 'frühester Start', 'date de lancement'],
  order_id: ['order', 'order no', 'order number', 'work order', 'Auftrag', 'Auftragsnummer', 'Auftrags-Nr.', 'Fertigungsauftrag', 'ordre de fabrication', 'numéro d\'ordre'],
  operation: ['op', 'op no', 'operation no', 'operation number', 'Arbeitsgang-Nr.', 'Arbeitsgangnummer', 'Vorgangsnummer', 'AVO-Nr.', 'numéro d\'opération'],
  priority: ['prio', 'Priorität', 'Prioritaet', 'priorité'],
};

/** Names that count only where no column has one of those above: they may also be another number or date of the same part. */
export const fartherAliases: Record<string, readonly string[]> = {
  quantity: ['qty required', 'required quantity', 'quantity required', 'Gesamtmenge', 'Bedarf'],
  due: ['promised date', 'promise date', 'need by', 'need by date', 'ship date', 'ending date', 'end date', 'Wunschtermin', 'Bedarfstermin', 'délai'],
};

/** Initials of such names, which mean too much else to count without a unit beside them: `L (mm)`. */
export const columnInitials: Record<string, readonly string[]> = { x: ['L'], y: ['B', 'W'], z: ['H'] };

/** Words that mean the same, each set one level of some category. */
export const valueSynonyms: readonly (readonly string[])[] = [
  ['steel', 'St', 'Stahl', 'acier', 'mild steel', 'carbon steel'],
  ['stainless steel', 'stainless', 'Edelstahl', 'inox', 'acier inoxydable', 'acier inox', 'VA'],
  ['aluminum', 'aluminium', 'alu', 'Al'],
  ['copper', 'Kupfer', 'cuivre', 'Cu'],
  ['brass', 'Messing', 'laiton', 'Ms'],
  ['bronze', 'Bz'],
  ['titanium', 'Titan', 'titane', 'Ti'],
  ['cast iron', 'Guss', 'Gusseisen', 'Grauguss', 'GG', 'fonte'],
  ['plastic', 'Kunststoff', 'plastique'],
  ['turning', 'Drehen', 'tournage', 'turn', 'lathe', 'turned'],
  ['drilling', 'Bohren', 'perçage', 'drill', 'drilled'],
  ['milling', 'Fräsen', 'Fraesen', 'fraisage', 'mill', 'milled'],
  ['grinding', 'Schleifen', 'rectification', 'grind'],
  ['sawing', 'Sägen', 'Saegen', 'sciage'],
  ['yes', 'y', 'ja', 'oui', 'true'],
  ['no', 'n', 'nein', 'non', 'false'],
];

/** Words that begin a row of totals below a table. */
export const totalWords: readonly string[] = ['total', 'totals', 'grand total', 'subtotal', 'sub total', 'sum', 'Summe', 'Gesamt', 'Gesamtsumme', 'Zwischensumme', 'somme', 'total général', 'sous total', 'Gesamtergebnis', 'Ergebnis', 'Teilergebnis', 'Zwischenergebnis', 'Insgesamt', 'Total Result', 'Anzahl Positionen', 'Total pièces', 'Ende der Liste', 'end of list', 'fin de liste', 'Σ'];
