### Kategorilerin, alanların ve sözcüklerin adları.

## D01

category-D01 = Ad ve doğum tarihi
field-D01-first_names = Adlar
field-D01-prefix = Soyadı ön eki
field-D01-surname = Soyadı
field-D01-date_of_birth = Doğum tarihi

## D02

category-D02 = Vatandaş numarası (BSN) veya eğitim numarası
field-D02-bsn = Vatandaş numarası (BSN)
field-D02-education_number = Eğitim numarası

## D03

category-D03 = İletişim bilgileri
field-D03-name = Ad
field-D03-relation = Çocukla ilişkisi
word-D03-relation-mother = anne
word-D03-relation-father = baba
word-D03-relation-parent = ebeveyn
word-D03-relation-step-parent = üvey ebeveyn
word-D03-relation-foster-parent = koruyucu ebeveyn
word-D03-relation-guardian = vasi
word-D03-relation-grandparent = büyükanne veya büyükbaba
word-D03-relation-representative = kayyum veya mentor
word-D03-relation-child = çocuk veya genç
word-D03-relation-other-carer = çocuğa bakan başka biri
field-D03-phone = Telefon
field-D03-email = E-posta
field-D03-language = Dil
field-D03-interpreter = Tercüman gerekli
field-D03-residence = Ev adresi

## D04

category-D04 = Velayet
field-D04-kind = Velayet türü
word-D04-kind-joint = ortak velayet
word-D04-kind-single = tek kişide velayet
word-D04-kind-joint-with-non-parent = ebeveyn olmayan biriyle ortak velayet
word-D04-kind-guardianship = vasilik
word-D04-kind-temporarily-none = geçici olarak velayet yok
word-D04-kind-undetermined = belirlenemiyor
field-D04-confirmed_on = Velayetin doğrulandığı tarih
field-D04-under_investigation = Velayet inceleniyor

## D05

category-D05 = İlgili kurumlar
field-D05-organisations = İlgili kurumlar
field-D05-municipality = Sorumlu belediye
field-D05-care_assignment = Yardım kararı
word-D05-care_assignment-none = yok
word-D05-care_assignment-asked = istendi
word-D05-care_assignment-given = verildi

## D06

category-D06 = Okul geçişi
field-D06-code = Geçiş türü
word-D06-code-VSPO = okul öncesinden ilkokula
word-D06-code-VSWEC = okul öncesinden özel eğitime
word-D06-code-POPO = ilkokuldan ilkokula
word-D06-code-POWEC = ilkokuldan özel eğitime
word-D06-code-POVO = ilkokuldan ortaöğretime
word-D06-code-VOVO = ortaöğretimden ortaöğretime
word-D06-code-VOMBO = ortaöğretimden mbo'ya
word-D06-code-WECWEC = özel eğitimden özel eğitime
word-D06-code-WECVO = özel eğitimden ortaöğretime
word-D06-code-WECMBO = özel eğitimden mbo'ya
word-D06-code-POSWV = ilkokuldan okullar iş birliğine
word-D06-code-VOSWV = ortaöğretimden okullar iş birliğine
field-D06-date = Tarih
field-D06-from = Nereden
field-D06-to = Nereye
field-D06-status = Durum
word-D06-status-planned = planlandı
word-D06-status-applied = başvuruldu
word-D06-status-admitted = kabul edildi
word-D06-status-enrolled = kaydoldu
word-D06-status-arrived = geldi
word-D06-status-not-enrolled = başvurdu, kaydolmadı
word-D06-status-not-arrived = kaydoldu, gelmedi

## D07

category-D07 = Okul geçmişi
field-D07-year = Okul yılı
field-D07-group = Grup veya sınıf
field-D07-repeated = Sınıf tekrarı

## D08

category-D08 = Test sonuçları
field-D08-subject = Ders alanı
word-D08-subject-reading = okuma
word-D08-subject-spelling = yazım
word-D08-subject-language = dil
word-D08-subject-arithmetic = aritmetik ve matematik
word-D08-subject-foreign-languages = yabancı diller
word-D08-subject-final-test = bitirme testi
word-D08-subject-capacity = yetenekler
word-D08-subject-other = diğer
field-D08-test = Test
field-D08-date = Tarih
field-D08-score = Puan

## D09

category-D09 = Okul tavsiyesi
field-D09-advice = Okul tavsiyesi
field-D09-revised_advice = Gözden geçirilmiş tavsiye
field-D09-points_of_attention = Dikkat edilecek noktalar

## D10

category-D10 = Sosyal ve duygusal gelişim
field-D10-heading = Konu
word-D10-heading-peers = yaşıtlarıyla ilişkisi
word-D10-heading-teacher = öğretmenle ilişkisi
word-D10-heading-self-confidence = özgüven
word-D10-heading-motivation = istek
word-D10-heading-work-attitude = çalışma tutumu
word-D10-heading-behaviour = sınıftaki davranış
word-D10-heading-wellbeing = kendini iyi hissetme
field-D10-rating = Öğretmenin görüşü
word-D10-rating-strong = güçlü
word-D10-rating-as-expected = beklendiği gibi
word-D10-rating-needs-attention = ilgi gerektiriyor
field-D10-remark = Açıklama

## D11

category-D11 = Destek ihtiyacı
field-D11-needs = Çocuğun neye ihtiyacı var
field-D11-works_well = Ne iyi geliyor
field-D11-avoid = Nelerden kaçınmalı

## D12

category-D12 = Gelişim planı
field-D12-goal_level = Hedef düzey
field-D12-starts = Başlangıç
field-D12-ends = Bitiş
field-D12-section_agreed = Destek bölümü için onay
word-D12-section_agreed-yes = evet
word-D12-section_agreed-no = hayır
word-D12-section_agreed-unknown = bilinmiyor
field-D12-reference = Dosya işareti

## D13

category-D13 = Kabul kararı ve destek düzenlemeleri
field-D13-kind = Tür
word-D13-kind-tlv = özel eğitime kabul kararı (tlv)
word-D13-kind-cluster = küme 1 veya 2 desteği
word-D13-kind-alliance = okullar iş birliğinin desteği
field-D13-number = Karar numarası
field-D13-swv = Okullar iş birliği
field-D13-category = Ödenek sınıfı
word-D13-category-L = düşük
word-D13-category-M = orta
word-D13-category-H = yüksek
field-D13-starts = Başlangıç
field-D13-ends = Bitiş

## D14

category-D14 = Tanı ve ilaç
field-D14-kind = Tanı veya ilaç
word-D14-kind-diagnosis = tanı
word-D14-kind-medication = ilaç
field-D14-relevance = Neyle ilgili
word-D14-relevance-education = eğitim
word-D14-relevance-other = başka bir konu
field-D14-code = Kod
field-D14-school_action = Okulun yapması gereken

## D15

category-D15 = Devamsızlık
field-D15-unauthorised_half_days = İzinsiz kaçırılan yarım günler
field-D15-unauthorised_hours = İzinsiz kaçırılan saatler
field-D15-period = Dönem
field-D15-officer_involved = Zorunlu eğitim görevlisi ilgileniyor
field-D15-reason = Neden
field-D15-band = Devamsızlığın büyüklüğü
word-D15-band-none = yok
word-D15-band-below-16-hours = 16 saatten az
word-D15-band-16-hours-or-more = 16 saat veya daha çok

## D16

category-D16 = Yardım isteği
field-D16-question = Ailenin sorusu
field-D16-tried = Şimdiye kadar denenenler
field-D16-wish = Ailenin umduğu

## D17

category-D17 = Verilen yardım
field-D17-provider = Yardım kurumu
field-D17-contact_person = İlgili kişi
field-D17-phone = Telefon
field-D17-since = Başlangıç
field-D17-until = Bitiş
field-D17-waiting = Bekleme listesinde
field-D17-school_advice = Okul için öneri

## D18

category-D18 = Ailenin görüşü
field-D18-author = Kimden
field-D18-date = Tarih
field-D18-agreement = Onay
word-D18-agreement-yes = evet
word-D18-agreement-no = hayır
word-D18-agreement-unknown = bilinmiyor
field-D18-text = Görüş

## D19

category-D19 = Anlaşmalar
field-D19-action = Anlaşma
field-D19-owner = Kim
field-D19-date = Ne zaman
field-D19-aftercare_date = Sonradan izleme tarihi
field-D19-aftercare_outcome = İzlemenin sonucu

## D20

category-D20 = Güvenlik bildirimi
field-D20-facts = Olgular
field-D20-date = Tarih
field-D20-source = Kaynak
field-D20-step = Bildirim adımı
word-D20-step-signals = 1: belirtiler toplandı
word-D20-step-consulted = 2: danışıldı
word-D20-step-talked = 3: aileyle konuşuldu
word-D20-step-weighed = 4: değerlendirildi
word-D20-step-decided = 5: karar verildi
